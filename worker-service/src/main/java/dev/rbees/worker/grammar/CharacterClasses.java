package dev.rbees.worker.grammar;

/** The named sets of characters of patterns. */
final class CharacterClasses {

    static final CodePoints DIGITS = CodePoints.of('0', '9');
    static final CodePoints WORD = DIGITS.with(CodePoints.of('A', 'Z')).with(CodePoints.of('a', 'z'))
            .with(CodePoints.of('_'));
    static final CodePoints SPACE = CodePoints.anyOf(" \t\n\u000B\f\r");
    /** What any dialect counts as a space. */
    static final CodePoints ANY_SPACE = SPACE
            .with(CodePoints.anyOf("\u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF\u180E"))
            .with(CodePoints.of(0x2000, 0x200A)).with(CodePoints.of(0x1C, 0x1F));
    static final CodePoints LINE_ENDS = CodePoints.anyOf("\n\r\u0085\u2028\u2029");

    private CharacterClasses() {}
}
