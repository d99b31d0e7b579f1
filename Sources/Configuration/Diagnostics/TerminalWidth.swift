/// How many columns of a terminal a character takes, so that a caret stands below the one that is meant.
///
/// <https://www.unicode.org/reports/tr11/>, without the ambiguous ones, which are narrow but in East Asian settings.
enum TerminalWidth {
    static func columns(of scalar: Unicode.Scalar) -> Int {
        // ASCII and Latin-1, which nearly all of a configuration is.
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: return isWide(scalar) ? 2 : 1
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Hangul's initial letters; radicals and the signs of CJK; kana, Bopomofo, CJK, Yi; Hangul's syllables;
        // compatibility forms; full-width forms; Tangut and the like; CJK's further planes.
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FF, 0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
