import RowMapping

/// What holds for every table: `mapping.defaults`, and the key of its masks.
struct MappingDefaults {
    var section: CheckedSection
    var rules: DeclaredRules
    var maskKey: MaskKey?
}
