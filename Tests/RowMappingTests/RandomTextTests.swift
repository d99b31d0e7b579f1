import Foundation
import ReplicationProtocol
import TestSupport
import Testing

@testable import RowMapping

/// Names, values and messages in any script, against references that are slow and obvious. Each run is the same.
@Suite struct RandomTextTests {
    private static let legal = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".unicodeScalars)

    /// Each scalar that no topic may hold as one `_`.
    private static func replaced(_ name: String) -> String {
        name.unicodeScalars.map { legal.contains($0) ? "\($0)" : "_" }.joined()
    }

    private static func relation(_ name: TableName, _ columns: [Relation.Column] = []) -> Relation {
        Relation(
            oid: OID(rawValue: 1), schema: name.schema, name: name.name, replicaIdentity: .default, columns: columns)
    }

    // MARK: Topics

    @Test(arguments: RandomText.hard) func aTablesNameOfAnyLettersMakesATopic(name: String) throws {
        var rule = TableRule(topic: try Template.parse("shop.{table}"))
        rule.illegalTopicCharacters = .replace
        let relation = Self.relation(TableName(schema: "public", name: name))
        #expect(try RowPlan.constantTopic(rule: rule, relation: relation) == "shop." + Self.replaced(name))
    }

    @Test func anyTablesNameMakesATopicThatKafkaTakesOrAnError() throws {
        var random = RandomText(seed: 81)
        for _ in 0..<5000 {
            let name = TableName(schema: random.name(), name: random.name())
            var rule = TableRule(topic: try Template.parse("{schema}.{table}"))
            let relation = Self.relation(name)
            rule.illegalTopicCharacters = random.number(below: 2) == 0 ? .replace : .error
            let expected =
                rule.illegalTopicCharacters == .replace ? Self.replaced(name.description) : name.description
            do throws(MappingError) {
                let topic = try RowPlan.constantTopic(rule: rule, relation: relation)
                #expect(topic?.hasBytes(of: expected) == true)
                #expect(topic.flatMap(TopicName.problem) == nil)
            } catch {
                #expect(TopicName.problem(expected) != nil, "\(name)")
            }
        }
    }

    @Test func anyValueMakesATopicThatKafkaTakesOrAnErrorOfTheRow() throws {
        var random = RandomText(seed: 82)
        let table = try MappedTable([.key("id"), .plain("größe")], key: ["id"]) {
            $0.topic = Template(text: "", parts: [.column("größe", .lower)])
            $0.illegalTopicCharacters = .replace
        }
        for _ in 0..<5000 {
            let value = random.text()
            let expected = Self.replaced(
                String(
                    String.UnicodeScalarView(
                        value.unicodeScalars.map {
                            $0.isASCII ? $0.properties.lowercaseMapping.unicodeScalars.first! : $0
                        })))
            do {
                _ = try table.insert(["1", .text(value)])
                Issue.record("no topic is open")
            } catch MappingError.unopenedTopic(let topic) {
                #expect(topic == expected)
            } catch MappingError.illegalTopicOfRow {
                #expect(TopicName.problem(expected) != nil)
            }
        }
    }

    // MARK: Names

    @Test func anyNameIsFoundByAPatternThatLeavesPartsOfItOut() throws {
        var random = RandomText(seed: 83)
        for _ in 0..<5000 {
            let name = TableName(schema: random.name(), name: random.name())
            func pattern(_ text: String) -> String {
                var pattern = ""
                for scalar in text.unicodeScalars {
                    switch random.number(below: 4) {
                    case 0: pattern.unicodeScalars.append("?")
                    case 1: pattern.unicodeScalars.append("*")
                    default: pattern.unicodeScalars.append(scalar == "*" || scalar == "?" ? "?" : scalar)
                    }
                }
                return pattern
            }
            let glob = TablePattern(schema: pattern(name.schema), name: pattern(name.name))
            #expect(glob.matches(name), "\(glob) \(name)")
            #expect(!TablePattern(schema: glob.description, name: "\u{10FFFF}?\u{10FFFE}").matches(name))
            let expression = try TablePattern(expression: "(.|\n)*")
            #expect(expression.matches(name))
        }
    }

    @Test func oneLetterSpelledInTwoWaysMakesTwoNames() throws {
        let (one, two) = ("gr\u{F6}\u{DF}e", "gro\u{308}\u{DF}e")
        let tables = [one, two].map { TableName(schema: "public", name: $0) }
        #expect(tables[0] != tables[1])
        let rules = MappingRules(tables: [tables[0]: TableRule(topic: "a"), tables[1]: TableRule(topic: "b")])
        #expect(tables.map { rules.rule(for: $0)?.topic } == ["a", "b"])

        let table = try MappedTable([.key(one, 25), .plain(two)], key: [one], filter: .parse("\"\(two)\" = 'b'"))
        let record = try #require(try table.insert(["a", "b"]).first)
        #expect(record.key == "a")
        #expect(record.value?.hasBytes(of: "{\"\(one)\":\"a\",\"\(two)\":\"b\"}") == true)
        let other = try MappedTable([.key(one, 25), .plain(two)], key: [two])
        #expect(try other.insert(["a", "b"]).first?.key == "b")
        #expect(throws: MappingError.self) { try MappedTable([.key(one, 25)], key: [two]) }
    }

    @Test func anyPrefixOfMessagesIsMatchedByItsBytes() {
        var random = RandomText(seed: 84)
        for _ in 0..<5000 {
            let (prefix, rest) = (random.name(), random.text())
            #expect(MessageRule(prefix: prefix + "*", topic: "t").matches(prefix + rest))
            if prefix.utf8.last != UInt8(ascii: "*") {
                #expect(MessageRule(prefix: prefix, topic: "t").matches(prefix))
                #expect(MessageRule(prefix: prefix, topic: "t").matches(prefix + rest) == rest.utf8.isEmpty)
            }
        }
    }

    // MARK: Templates

    @Test func headersHoldAnyNameAndAnyValueAsTheyAre() throws {
        var random = RandomText(seed: 85)
        for _ in 0..<2000 {
            let (column, value, text) = (random.name(), random.text(), random.text())
            let header = random.name()
            let template = Template(
                text: "", parts: text.isEmpty ? [.column(column, nil)] : [.text(text), .column(column, nil)])
            let table = try MappedTable([.key(column, 25)], key: [column]) {
                $0.headers = [HeaderRule(name: header, value: template)]
            }
            let record = try #require(try table.insert([.text(value)]).first)
            #expect(record.headers.first?.name.hasBytes(of: header) == true)
            #expect(record.headers.first?.value.hasBytes(of: text + value) == true)
            #expect(record.key?.hasBytes(of: value) == true)
        }
    }

    @Test func aTemplateOfAnyColumnsNameIsReadBack() throws {
        var random = RandomText(seed: 86)
        for _ in 0..<5000 {
            let name = random.name()
            let quoted = name.unicodeScalars.map { $0 == "\"" ? "\"\"" : "\($0)" }.joined()
            let parts = try Template.parse("x{column:\"\(quoted)\"|upper}y").parts
            guard parts.count == 3, case .column(let read, .upper) = parts[1] else {
                Issue.record("\(name)")
                continue
            }
            #expect(read.hasBytes(of: name))
        }
    }

    // MARK: Filters

    @Test func aFilterComparesAnyColumnWithAnyText() throws {
        var random = RandomText(seed: 87)
        func quoted(_ text: String, _ mark: Unicode.Scalar) -> String {
            "\(mark)" + text.unicodeScalars.map { $0 == mark ? "\(mark)\(mark)" : "\($0)" }.joined() + "\(mark)"
        }
        for _ in 0..<2000 {
            let (column, wanted) = (random.name(), random.text())
            let given = random.number(below: 2) == 0 ? wanted : random.text()
            let table = FilteredTable([.key("id"), .plain(column)])
            let name = quoted(column, "\"")
            #expect(
                try table.passes("\(name) = \(quoted(wanted, "'"))", inserting: ["1", .text(given)])
                    == given.hasBytes(of: wanted))
            #expect(
                try table.passes("\(name) < \(quoted(wanted, "'"))", inserting: ["1", .text(given)])
                    == given.utf8.lexicographicallyPrecedes(wanted.utf8))
        }
    }

    @Test func likeCountsAnyCharacterAsOne() throws {
        var random = RandomText(seed: 88)
        let table = FilteredTable([.key("id"), .plain("größe")])
        for _ in 0..<2000 {
            let text = random.text()
            var pattern = ""
            for scalar in text.unicodeScalars {
                switch random.number(below: 4) {
                case 0: pattern.unicodeScalars.append("_")
                case 1 where scalar != "'": pattern.unicodeScalars.append("%")
                default:
                    if scalar == "%" || scalar == "_" || scalar == "\\" { pattern.unicodeScalars.append("\\") }
                    if scalar == "'" { pattern.unicodeScalars.append("'") }
                    pattern.unicodeScalars.append(scalar)
                }
            }
            #expect(try table.passes("\"größe\" like '\(pattern)'", inserting: ["1", .text(text)]), "\(pattern)")
            #expect(try !table.passes("\"größe\" like '\(pattern)_\u{10FFFE}'", inserting: ["1", .text(text)]))
        }
    }

    @Test func anyTextAsAFilterIsAnErrorInsideItOrAFilter() {
        var random = RandomText(seed: 89)
        for _ in 0..<5000 {
            let text = random.text() + (random.number(below: 2) == 0 ? " = '" : "") + random.text()
            do throws(FilterError) {
                _ = try FilterExpression.parse(text)
            } catch {
                #expect((0...text.unicodeScalars.count).contains(error.offset))
            }
        }
    }

    // MARK: Values

    @Test func masksCountUnicodesCharacters() throws {
        var random = RandomText(seed: 90)
        for _ in 0..<3000 {
            let text = random.text()
            let kept = 1 + random.number(below: 6)
            let scalars = Array(text.unicodeScalars)
            func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars)
                return String(view)
            }
            let last =
                scalars.count > kept
                ? String(repeating: "*", count: scalars.count - kept) + string(scalars.suffix(kept))
                : String(repeating: "*", count: scalars.count)
            #expect(masked(.last(kept), Array(text.utf8)).elementsEqual(last.utf8))
            #expect(masked(.truncate(kept), Array(text.utf8)).elementsEqual(string(scalars.prefix(kept)).utf8))
        }
    }

    private func masked(_ mask: Mask, _ bytes: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: mask.bound(bytes.count) + 1)
        let count = mask.write(bytes + [0], bytes.count, to: &output)
        #expect(count <= mask.bound(bytes.count))
        return Array(output[..<count])
    }

    @Test func aRowOfAnyColumnsAndValuesIsWhatFoundationReads() throws {
        var random = RandomText(seed: 91)
        for _ in 0..<1500 {
            let names = [random.name(), random.name()]
            // Foundation's dictionaries hold one of two keys that Unicode takes for equal.
            guard names[0] != names[1] else { continue }
            let values = [random.text(), random.text()]
            // It takes this for a mark of the byte order at the beginning of a text, and leaves it out.
            if (names + values).contains(where: { $0.unicodeScalars.contains("\u{FEFF}") }) { continue }
            let table = try MappedTable([.key(names[0], 25), .key(names[1], 25)], key: names)
            let record = try #require(try table.insert(values.map { .text($0) }).first)
            for json in [record.key, record.value].compactMap({ $0 }) {
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: String], "\(json)")
                #expect(object.count == 2)
                for (name, value) in zip(names, values) { #expect(object[name]?.hasBytes(of: value) == true) }
            }
            #expect(
                String(decoding: JSONText.quoted(names[0]), as: UTF8.self).hasBytes(of: ReferenceJSON.string(names[0])))
        }
    }

    @Test func bytesThatAreNoUTF8TrapNowhere() throws {
        var random = RandomText(seed: 92)
        let columns: [Relation.Column] = [
            .key("id", 25), .plain("größe"), .plain("b", 1009), .plain("c", 17), .plain("d", 114),
        ]
        var rules = ColumnRules()
        rules.mask = ["größe": .last(3)]
        let table = try MappedTable(
            columns, key: ["id", "größe"], filter: .parse("\"größe\" like '%ö_' or id <> '' or id = ''"), rules: rules
        ) {
            $0.topic = Template(text: "", parts: [.text("t"), .column("id", .upper)])
            $0.illegalTopicCharacters = .replace
            $0.partition = .columns(["id"])
            $0.headers = [HeaderRule(name: "h", value: Template(text: "", parts: [.column("größe", .lower)]))]
        }
        for _ in 0..<5000 {
            let row = (0..<5).map { _ in ChangeBytes.Value.bytes(random.bytes()) }
            do {
                _ = try table.insert(row)
            } catch MappingError.unopenedTopic(let name) {
                #expect(TopicName.problem(name) == nil)
                _ = try? table.insert(row, topics: [name: 3])
            } catch let error as MappingError {
                #expect(error.isOfOneChange, "\(error)")
            }
            let bytes = random.bytes()
            for mask in [Mask.last(2), .truncate(2), .redact, .sha256] { _ = masked(mask, bytes) }
            _ = UTF8Text.isValid(bytes + [0], bytes.count)
            _ = JSONSyntax.isDocument(bytes + [0], bytes.count)
        }
    }

    @Test func base64IsFoundations() {
        var random = RandomText(seed: 93)
        for _ in 0..<3000 {
            let bytes = random.bytes() + (random.number(below: 3) == 0 ? [0] : [])
            var output = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
            let count = output.withUnsafeMutableBufferPointer {
                Base64.write(bytes + [0], bytes.count, to: $0.baseAddress!) - $0.baseAddress!
            }
            #expect(String(decoding: output[..<count], as: UTF8.self) == Data(bytes).base64EncodedString())
        }
    }

    @Test func theNearestSpellingOfAnythingIsFoundOrNot() {
        var random = RandomText(seed: 94)
        for _ in 0..<1000 {
            let words = (0..<4).map { _ in random.name() }
            #expect(
                Spelling.nearest(to: words[0], among: words) != nil || words[0].unicodeScalars.count > 64
                    || words[0].isEmpty)
        }
    }
}
