extension KeyTable {
    /// The mapping of go-pq-cdc-kafka's own binary.
    static let mapper: [KeySpecification] = [
        .init(
            "mapper.keyField", .textOrEmpty, .absent("with a mapper section, id"),
            "Column of the record key, for tables that no other key names: mapping.defaults.key in go-pq-cdc-kafka's words."
        ),
        .init(
            "mapper.tableKeyMapping.*", .textOrEmpty, .absent("mapper.keyField holds"),
            "The column of the record key of a table: schema.table: column."),
    ]
}
