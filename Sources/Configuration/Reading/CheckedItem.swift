/// One text of a list and where it stands.
struct CheckedItem {
    var text: String
    var position: SourcePosition
}
