/// The type of a key's value, with its range or choices.
public enum ValueType: Sendable {
    case text
    /// A text that may be empty, to switch off what `mapping.defaults` sets.
    case textOrEmpty
    case boolean
    case integer(ClosedRange<Int>)
    /// `bareUnit`: the unit of a number that stands alone; nil if a unit is demanded.
    case duration(ClosedRange<Duration>, bareUnit: String? = nil)
    case byteSize(ClosedRange<Int>)
    /// A size for each second: `50mb/s`.
    case byteRate(ClosedRange<Int>)
    case choice(ChoiceSet)
    /// A list of texts; a single text is a list of one.
    case textList
    case choiceList(ChoiceSet)
    /// Not looked into: the key has no effect.
    case anything
}
