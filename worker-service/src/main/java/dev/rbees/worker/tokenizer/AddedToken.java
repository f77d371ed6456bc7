package dev.rbees.worker.tokenizer;

/**
 * A token that is found in the text itself, before words are cut.
 *
 * @param text by which it is found
 * @param id of it
 * @param special whether it is only found where the caller asks for special tokens
 * @param normalized whether it is looked for in the normalised text
 * @param singleWord whether it is found only where no letter or digit touches it
 * @param takesLeft whether blanks before it belong to it
 * @param takesRight whether blanks behind it belong to it
 */
record AddedToken(String text, int id, boolean special, boolean normalized, boolean singleWord, boolean takesLeft,
        boolean takesRight) {

    /** One that is found wherever its text stands. */
    static AddedToken plain(String text, int id, boolean special) {
        return new AddedToken(text, id, special, false, false, false, false);
    }
}
