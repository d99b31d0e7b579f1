import CLibyaml

/// libyaml's event parser: owns the C parser and the event being looked at.
///
/// One thread at a time; libyaml keeps no state outside the parser: https://pyyaml.org/wiki/LibYAML
struct YAMLEventParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    /// libyaml reads the input while it parses, so the bytes live as long as the parser.
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// Nil when there is no memory for the parser.
    init?(_ bytes: [UInt8]) {
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        guard yaml_parser_initialize(parser) == 1 else {
            input.deallocate()
            parser.deallocate()
            return nil
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event, copied out of libyaml's memory.
    mutating func next() throws(YAMLSyntaxError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }

    private var failure: YAMLSyntaxError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "the text is not YAML"
        let context = parser.pointee.context.map { String(cString: $0) }
        return YAMLSyntaxError(
            problem: problem, position: SourcePosition(parser.pointee.problem_mark), context: context,
            contextPosition: SourcePosition(parser.pointee.context_mark))
    }
}

extension SourcePosition {
    /// libyaml counts from 0.
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}
