/// Turns the events of one document into a tree of nodes, within bounds that no configuration needs to pass.
struct YAMLTreeBuilder: ~Copyable {
    /// The deepest value of ours is at 7; the bound keeps the recursion below harmless.
    private static let deepest = 32

    private var parser: YAMLEventParser
    private let collector: DiagnosticCollector

    init(parser: consuming YAMLEventParser, collector: DiagnosticCollector) {
        self.parser = parser
        self.collector = collector
    }

    /// The root node; nil when the file has no document.
    mutating func document() throws(YAMLSyntaxError) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let event = try parser.next()
            switch event.kind {
            case .streamStart, .documentEnd:
                continue
            case .documentStart:
                if root != nil {
                    throw .init(
                        problem: "a second document begins here; the file holds one", position: event.start,
                        context: nil, contextPosition: event.start)
                }
                root = try node(from: try parser.next(), depth: 1)
            case .streamEnd:
                return root
            case .alias, .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd:
                preconditionFailure("libyaml sends nodes only inside a document")
            }
        }
    }

    private mutating func node(from event: YAMLEvent, depth: Int) throws(YAMLSyntaxError) -> YAMLNode {
        guard depth <= Self.deepest else {
            throw .init(
                problem: "nested deeper than \(Self.deepest) levels", position: event.start, context: nil,
                contextPosition: event.start)
        }
        refuseDecoration(event)
        switch event.kind {
        case .scalar(let text, let isPlain):
            return YAMLNode(content: .scalar(text: text, isPlain: isPlain), start: event.start, end: event.end)
        case .sequenceStart:
            return try sequence(from: event, depth: depth)
        case .mappingStart:
            return try mapping(from: event, depth: depth)
        case .alias:
            // Nothing is ever expanded, so a file cannot grow in memory.
            collector.error("aliases (*name) are not read here; write the value out", at: event.start)
            return YAMLNode(content: .refused, start: event.start, end: event.end)
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            preconditionFailure("libyaml sends a node where a node is due")
        }
    }

    private mutating func sequence(from first: YAMLEvent, depth: Int) throws(YAMLSyntaxError) -> YAMLNode {
        var items: [YAMLNode] = []
        while true {
            let event = try parser.next()
            if case .sequenceEnd = event.kind {
                return YAMLNode(content: .sequence(items), start: first.start, end: event.end)
            }
            items.append(try node(from: event, depth: depth + 1))
        }
    }

    private mutating func mapping(from first: YAMLEvent, depth: Int) throws(YAMLSyntaxError) -> YAMLNode {
        var entries: [(key: YAMLNode, value: YAMLNode)] = []
        while true {
            let event = try parser.next()
            if case .mappingEnd = event.kind {
                return YAMLNode(content: .mapping(entries), start: first.start, end: event.end)
            }
            let key = try node(from: event, depth: depth + 1)
            let value = try node(from: try parser.next(), depth: depth + 1)
            entries.append((key, value))
        }
    }

    private func refuseDecoration(_ event: YAMLEvent) {
        if event.isAnchored { collector.error("anchors (&name) are not read here", at: event.start) }
        if event.isTagged {
            collector.error("tags (!name) are not read here; each key says what its value is", at: event.start)
        }
    }
}
