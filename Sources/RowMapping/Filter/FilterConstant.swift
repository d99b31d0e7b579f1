/// A value of an expression, as PostgreSQL would print it, so that it is read like a row's.
struct FilterConstant {
    var reading: FilterValue.Reading
    var text: [UInt8]
}
