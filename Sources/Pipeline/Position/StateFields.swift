import ReplicationProtocol

/// The fields of a state record, read by name and type.
struct StateFields {
    private let values: [String: StateValue]

    /// Reads a JSON object; fields that nobody asks for may hold any JSON.
    init(_ json: [UInt8]) throws(StateRecordError) {
        var parser = StateParser(json)
        values = try parser.document()
    }

    private init(_ values: [String: StateValue]) { self.values = values }

    /// A string that must be there.
    func text(_ name: String) throws(StateRecordError) -> String {
        switch values[name] {
        case .text(let text): return text
        case .number, .object, .flag, .other: throw .wrongField(name)
        case nil: throw .missingField(name)
        }
    }

    /// A string that need not be there.
    func optionalText(_ name: String) throws(StateRecordError) -> String? {
        values[name] == nil ? nil : try text(name)
    }

    /// An LSN that must be there, as a string.
    func lsn(_ name: String) throws(StateRecordError) -> LSN {
        guard let lsn = LSN(try text(name)) else { throw .wrongField(name) }
        return lsn
    }

    /// A whole number from 0 to 2^64 - 1 that must be there.
    func number(_ name: String) throws(StateRecordError) -> UInt64 {
        switch values[name] {
        case .number(let number): return number
        case .text, .object, .flag, .other: throw .wrongField(name)
        case nil: throw .missingField(name)
        }
    }

    /// A whole number that need not be there.
    func optionalNumber(_ name: String) throws(StateRecordError) -> UInt64? {
        values[name] == nil ? nil : try number(name)
    }

    /// A number of rows or bytes that must be there. Counting goes on from it, so it is bounded: who may write the state
    /// topic must not bring a sum to overflow.
    func count(_ name: String) throws(StateRecordError) -> UInt64 { min(try number(name), 1 << 48) }

    /// `true` or `false`; false where it is not there.
    func flag(_ name: String) throws(StateRecordError) -> Bool {
        switch values[name] {
        case .flag(let flag): return flag
        case .text, .number, .object, .other: throw .wrongField(name)
        case nil: return false
        }
    }

    /// An object that need not be there.
    func fields(_ name: String) throws(StateRecordError) -> StateFields? {
        switch values[name] {
        case .object(let values): return StateFields(values)
        case .text, .number, .flag, .other: throw .wrongField(name)
        case nil: return nil
        }
    }
}
