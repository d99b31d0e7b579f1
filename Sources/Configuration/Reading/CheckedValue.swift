/// A value that has the type that its key demands.
indirect enum CheckedValue {
    case text(String)
    case boolean(Bool)
    case integer(Int)
    case duration(Duration)
    case byteSize(Int)
    case list([CheckedItem])
    case section(CheckedSection)
    case sections([CheckedSection])
    /// Was wrong and has been reported, or says nothing; readers fall back on the default.
    case refused
}
