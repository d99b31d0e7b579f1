import Foundation
import Logging
import TestSupport
import Testing

@testable import Observability

/// Log lines and metrics with texts of any script. Each run is the same.
@Suite struct RandomTextTests {
    @Test func anyMessageAndFieldIsOneLineOfJSON() throws {
        var random = RandomText(seed: 811)
        for _ in 0..<2000 {
            let (message, value) = (random.text(), random.text())
            // Foundation takes it for a mark of the byte order at the beginning of a text, and leaves it out.
            if (message + value).unicodeScalars.contains("\u{FEFF}") { continue }
            let line = LogLine(
                time: LogTime(seconds: 0, milliseconds: 0), level: .warn, message: message,
                metadata: ["table": .string(value), "key": .array([.string(value)])])
            let json = line.text(.json)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any], "\(json)")
            #expect((object["msg"] as? String)?.hasBytes(of: message) == true)
            #expect((object["table"] as? String)?.hasBytes(of: value) == true)
            #expect((object["key"] as? [String])?.first?.hasBytes(of: value) == true)
            expectOneLine(json)
        }
    }

    @Test func anyMessageAndFieldIsOneLineOfLogfmt() {
        var random = RandomText(seed: 812)
        for _ in 0..<2000 {
            let line = LogLine(
                time: LogTime(seconds: 0, milliseconds: 0), level: .warn, message: random.text(),
                metadata: [random.text(): .string(random.text())])
            expectOneLine(line.text(.logfmt))
            expectOneLine(line.text(.journal))
        }
    }

    private func expectOneLine(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        #expect(scalars.last == "\n")
        #expect(!scalars.dropLast().contains(where: LogText.isControl), "\(text)")
    }

    @Test func anyTablesNameIsALabelThatReadsBack() {
        var random = RandomText(seed: 813)
        for _ in 0..<2000 {
            let name = random.name()
            let text = LabelSet([("table", name), ("schema", "x")]).text
            let prefix = "schema=\"x\",table=\""
            #expect(text.utf8.starts(with: prefix.utf8) && text.utf8.last == UInt8(ascii: "\""))
            #expect(!text.unicodeScalars.contains("\n"))
            var read = String.UnicodeScalarView()
            var rest = text.unicodeScalars.dropFirst(prefix.unicodeScalars.count).dropLast()
            while let scalar = rest.popFirst() {
                guard scalar == "\\" else {
                    #expect(scalar != "\"")
                    read.append(scalar)
                    continue
                }
                let escaped = rest.popFirst()
                #expect(escaped != nil)
                read.append(escaped == "n" ? "\n" : escaped ?? "\0")
            }
            #expect(String(read).hasBytes(of: name))
        }
    }

    @Test func twoSpellingsOfOneLetterAreTwoSeries() {
        let registry = MetricRegistry()
        registry.counter("n_total", help: "N.", labels: [("table", "gr\u{F6}\u{DF}e")]).increment()
        registry.counter("n_total", help: "N.", labels: [("table", "gro\u{308}\u{DF}e")]).increment(by: 2)
        #expect(registry.render().split(separator: "\n").count == 4)
    }
}
