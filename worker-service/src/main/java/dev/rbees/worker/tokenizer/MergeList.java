package dev.rbees.worker.tokenizer;

import java.util.List;

/** Reads the merges of byte pair encodings as their files have them. */
final class MergeList {

    private final IntList triples = new IntList();
    private final VocabularyIndex index;

    MergeList(VocabularyIndex index) {
        this.index = index;
    }

    /** @param merges each as "left right", the most important first */
    static int[] of(List<String> merges, VocabularyIndex index) {
        MergeList list = new MergeList(index);
        merges.forEach(list::add);
        return list.triples();
    }

    void add(String merge) {
        int blank = merge.indexOf(' ', 1);
        if (blank > 0) {
            add(merge.substring(0, blank), merge.substring(blank + 1));
        }
    }

    /** Merges whose parts or result are not in the vocabulary are left out: they can never happen. */
    void add(String left, String right) {
        int first = index.find(left);
        int second = index.find(right);
        int result = index.find(left + right);
        if (first != VocabularyIndex.NONE && second != VocabularyIndex.NONE && result != VocabularyIndex.NONE) {
            triples.add(first);
            triples.add(second);
            triples.add(result);
        }
    }

    /** Left, right and result of each merge in turn. */
    int[] triples() {
        return triples.toArray();
    }
}
