import Foundation
import Testing

@testable import Configuration

/// The JSON Schema says what the key table says, and refuses nothing that the loader reads.
@Suite struct ConfigurationSchemaTests {
    private static func validator() throws -> SchemaValidator { try SchemaValidator(ConfigurationSchema.text) }

    /// The file as an editor sees it; nil where it is no YAML.
    private static func instance(_ bytes: [UInt8]) -> JSONInstance? {
        let source = SourceText(bytes)
        let collector = DiagnosticCollector(fileName: "x.yaml", source: source)
        return ConfigurationFile.tree(bytes, source: source, collector: collector).map { JSONInstance($0) }
    }

    // MARK: The table

    @Test func itNamesExactlyTheKeysOfTheTable() throws {
        var paths: [String] = []
        func visit(_ schema: [String: Any], _ path: String) {
            let forms = [schema] + (schema["anyOf"] as? [[String: Any]] ?? [])
            if schema["description"] != nil, !path.isEmpty { paths.append(path) }
            for form in forms {
                for (name, below) in form["properties"] as? [String: [String: Any]] ?? [:] {
                    visit(below, path.isEmpty ? name : "\(path).\(name)")
                }
                if let below = form["additionalProperties"] as? [String: Any] { visit(below, "\(path).*") }
                if let below = form["items"] as? [String: Any], below["properties"] != nil { visit(below, "\(path)[]") }
            }
        }
        visit(try Self.validator().root, "")
        #expect(paths.sorted() == KeyTable.all.map(\.path).sorted())
    }

    /// The schema of one key.
    private static func schema(of path: String) throws -> [String: Any] {
        var schema = try validator().root
        for part in KeyTable.components(of: path) {
            let forms = [schema] + (schema["anyOf"] as? [[String: Any]] ?? [])
            let below = forms.compactMap { form -> Any? in
                switch part {
                case "*": form["additionalProperties"] as? [String: Any]
                case "[]": form["items"]
                default: (form["properties"] as? [String: Any])?[part]
                }
            }
            schema = try #require(below.first as? [String: Any], "\(path) at \(part)")
        }
        return schema
    }

    @Test(arguments: KeyTable.all.map(\.path)) func aKeyHasItsMeaningAndItsDefault(_ path: String) throws {
        let key = try #require(KeyTable.all.first { $0.path == path })
        let schema = try Self.schema(of: path)
        #expect(try #require(schema["description"] as? String).hasPrefix(key.meaning))
        guard case .value(let text) = key.default else {
            #expect(schema["default"] == nil)
            return
        }
        let value = JSONInstance(json: try #require(schema["default"]))
        #expect([JSONInstance.text(text), .number(Double(text) ?? .nan), .boolean(text == "true")].contains(value))
        #expect(try Self.validator().faults(value, schema, path) == [])
    }

    /// What the loader reads as a value of a type, and what it does not.
    @Test(
        arguments: [
            ("cdc.port", ["5432", "\"5432\"", "${PORT}", "${PORT:-1}"], ["0", "65536", "1.5", "x", "[1]", "null"]),
            ("cdc.debugMode", ["true", "\"false\"", "${X}"], ["yes", "1", "[true]"]),
            ("cdc.host", ["db", "1234", "true", "${HOST}", "$${x"], ["\"\"", "[db]", "{a: b}", "null"]),
            ("mapping.defaults.operationField", ["\"\"", "op"], ["[op]"]),
            (
                "shutdownTimeout", ["10s", "1m30s", "1.5h", ".5s", "0", "\"0\"", "${T}", "7µs"],
                ["10", "1x", "s", "-1s", "\"1s \"", "1.5"]
            ),
            ("cdc.slot.slotActivityCheckerInterval", ["3000", "\"3000\"", "3s", "0"], ["1.5", "-1"]),
            (
                "memoryLimit", ["64MiB", "64 mb", "1073741824", "\"1073741824\"", "${M}"],
                ["1", "1.5mb", "mb", "64m", "2199023255552"]
            ),
            ("kafka.compression", ["gzip", "GZIP", "4", "\"4\"", "${C}"], ["brotli", "5", "gzip2", "[gzip]"]),
            ("kafka.requiredAcks", ["all", "-1", "0", "1"], ["2", "ALL"]),
            ("kafka.balancer", ["Hash"], ["hash", "RoundRobin"]),
            ("mapping.defaults.floats", ["string", "null", "\"null\""], ["number"]),
            ("mapping.defaults.key", ["id", "[id]", "[id, 1]", "${K}"], ["[[id]]", "{id: 1}", "[\"\"]"]),
            (
                "cdc.publication.operations", ["INSERT", "[insert, Delete, \"${O}\"]"],
                ["[upsert]", "upsert", "{insert: 1}"]
            ),
            (
                "mapping.defaults.headers", ["none", "standard", "{a: b, c: \"\"}", "{}", "${H}"],
                ["[a]", "other", "{a: [b]}", "{a: null}"]
            ),
            (
                "mapping.defaults.partition", ["key", "{columns: [a]}", "{columns: a}", "{number: a}"],
                ["columns", "{column: a}", "{number: [a]}"]
            ),
            ("cdc.snapshot.maxRate", ["50mb/s", "1048576", "1 MiB"], ["50mb/m", "fast", "-1"]),
            ("cdc.snapshot.claimTimeout", ["1", "{a: [b]}", "null"], []),
        ] as [(String, [String], [String])])
    func aValueIsJudgedByItsType(path: String, good: [String], bad: [String]) throws {
        let schema = try Self.schema(of: path)
        let validator = try Self.validator()
        for (values, isGood) in [(good, true), (bad, false)] {
            for value in values {
                // `key: null` is no empty document.
                guard case .object(let members)? = Self.instance(Array("x: \(value)".utf8)) else {
                    Issue.record("\(value)")
                    continue
                }
                #expect((validator.faults(members[0].value, schema, path) == []) == isGood, "\(path): \(value)")
            }
        }
    }

    // MARK: Files

    private static let goodFiles: [(String, URL)] =
        FixtureTests.good.map { ($0, Folders.fixtures) } + [("pqcdc-kafka.yaml", Folders.configuration)]
        + Folders.names(in: Folders.examples, endingIn: ".yaml").map { ($0, Folders.examples) }

    @Test(arguments: goodFiles.map(\.0)) func itAcceptsWhatTheLoaderReads(_ name: String) throws {
        for (file, folder) in Self.goodFiles where file == name {
            let instance = try #require(Self.instance(try Folders.bytes(of: file, in: folder)))
            #expect(try Self.validator().faults(of: instance) == [])
        }
    }

    @Test(arguments: [false, true]) func itAcceptsEveryExampleOfTheReferenceFile(withMappings: Bool) throws {
        let text = try withMappings ? ReferenceFileTests.mappingsInUse() : ReferenceFileTests.everythingInUse()
        let instance = try #require(Self.instance(Array(text.utf8)))
        #expect(try Self.validator().faults(of: instance) == [])
    }

    @Test(arguments: 0..<4) func itAcceptsDamagedFilesThatTheLoaderReads(_ seed: Int) throws {
        var generator = MutationTests.Generator(state: UInt64(seed) + 100)
        let validator = try Self.validator()
        var read = 0
        for (name, folder) in Self.goodFiles {
            let original = try Folders.bytes(of: name, in: folder)
            for _ in 0..<60 {
                var bytes = original
                MutationTests.damage(&bytes, &generator)
                let result = ConfigurationFile.parse(bytes, fileName: name, environment: Sample.environment)
                guard result.settings != nil, let instance = Self.instance(bytes) else { continue }
                read += 1
                #expect(validator.faults(of: instance) == [], "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(read > 100)
    }

    /// Files whose faults lie between keys, in a text's own syntax, or in no key at all.
    private static let invisible: Set<String> = [
        "batch-larger-than-memory.bad.yaml", "duplicate-keys.bad.yaml", "environment.bad.yaml", "filter.bad.yaml",
        "masks-without-key.bad.yaml", "no-tables.bad.yaml", "password-file.bad.yaml", "patterns.bad.yaml",
        "request-longer-than-transaction.bad.yaml", "requests-without-secret.bad.yaml", "shared-dead-letter.bad.yaml",
        "snapshot-disabled.bad.yaml",
        "snapshot-only.bad.yaml", "snapshot-without-state.bad.yaml", "state-topic-name.bad.yaml",
        "state-topic.bad.yaml", "topic-templates.bad.yaml", "topics.bad.yaml", "two-hmac-keys.bad.yaml",
        "two-passwords.bad.yaml",
    ]

    @Test(arguments: FixtureTests.bad) func itRefusesAFaultThatOneKeyShows(_ name: String) throws {
        guard let instance = Self.instance(try Folders.bytes(of: name, in: Folders.fixtures)) else { return }
        #expect(try Self.validator().faults(of: instance).isEmpty == Self.invisible.contains(name))
    }
}
