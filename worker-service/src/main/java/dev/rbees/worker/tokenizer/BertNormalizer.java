package dev.rbees.worker.tokenizer;

import java.text.Normalizer.Form;

/**
 * How BERT rewrites texts.
 *
 * @param clean whether characters without a shape go and every blank becomes a space
 * @param isolateIdeographs whether ideographs get a space on either side
 * @param stripAccents whether letters lose their accents
 * @param lowercase whether letters become small
 */
record BertNormalizer(boolean clean, boolean isolateIdeographs, boolean stripAccents,
        boolean lowercase) implements Normalizer {

    private static final Normalizer WITHOUT_ACCENTS = Normalizer.without(Characters::isAccent);
    private static final Normalizer LOWERCASE = Normalizer.lowercase();

    @Override
    public String normalize(String text) {
        String normal = clean || isolateIdeographs ? characters(text) : text;
        if (stripAccents) {
            normal = WITHOUT_ACCENTS.normalize(java.text.Normalizer.normalize(normal, Form.NFD));
        }
        return lowercase ? LOWERCASE.normalize(normal) : normal;
    }

    private String characters(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (clean && (c == 0 || c == 0xFFFD || Characters.isControl(c))) {
                return;
            }
            if (clean && Characters.isBlank(c)) {
                out.append(' ');
            } else if (isolateIdeographs && Characters.isIdeograph(c)) {
                out.append(' ').appendCodePoint(c).append(' ');
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }
}
