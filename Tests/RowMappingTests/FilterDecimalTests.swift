import Foundation
import Testing

@testable import RowMapping

@Suite struct FilterDecimalTests {
    /// In ascending order; those on one line are equal.
    private static let ascending: [[String]] = [
        ["-Infinity"], ["-1e+300", "-1" + String(repeating: "0", count: 300)],
        ["-100.5"], ["-100"], ["-1.5", "-1.50", "-15e-1"], ["-1"], ["-0.001", "-1e-03"], ["-1e-300"],
        ["0", "-0", "0.000", "0e5", ".0"], ["1e-300"], ["0.00099999999999999999999999"], ["0.001", "1e-3", ".001"],
        ["0.1"], ["0.10000000000000000000000000000000000001"], ["1", "1.", "01", "10e-1", "0.1e1"], ["9.99"],
        ["10", "1e1", "1E+1"], ["10.01"], ["99"], ["100", "1e2", "100.000"], ["100.0001"],
        ["1" + String(repeating: "0", count: 300), "1e+300"],
        ["1" + String(repeating: "0", count: 300) + ".1"], ["1e301"], ["Infinity"], ["NaN"],
    ]

    @Test func numbersOfAnyLengthAndFormHaveTheirOrder() throws {
        for (left, leftTexts) in Self.ascending.enumerated() {
            for (right, rightTexts) in Self.ascending.enumerated() {
                let expected = FilterOrdering(left, right)
                for a in leftTexts {
                    for b in rightTexts { #expect(try ordering(a, b) == expected, "\(a) to \(b)") }
                }
            }
        }
    }

    @Test func randomNumbersHaveTheOrderThatFoundationSees() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<20_000 {
            let (a, b) = (number(&random), number(&random))
            let (left, right) = (try #require(Decimal(string: a)), try #require(Decimal(string: b)))
            #expect(try ordering(a, b) == FilterOrdering(left, right), "\(a) to \(b)")
        }
    }

    @Test(arguments: [
        "", "-", ".", "-.", "e5", "1e", "1e+", "1x", "1.2.3", "1e5x", "nan", "Inf", "--1", "1 ", "1e9999999999",
    ])
    func whatIsNoNumberIsNotRead(text: String) {
        #expect(read(Array(text.utf8)) { $0 == nil })
    }

    /// Few digits, so that neighbours and equals are frequent; Decimal holds them all exactly.
    private func number(_ random: inout SeededRandom) -> String {
        func digits(_ range: ClosedRange<Int>) -> String {
            (0..<Int.random(in: range, using: &random)).map { _ in ["0", "0", "1", "9"].randomElement(using: &random)! }
                .joined()
        }
        var text = Bool.random(using: &random) ? "-" : ""
        text += digits(1...5)
        if Bool.random(using: &random) { text += "." + digits(1...5) }
        if Int.random(in: 0..<3, using: &random) == 0 { text += "e\(Int.random(in: -8...8, using: &random))" }
        return text
    }

    private func ordering(_ a: String, _ b: String) throws -> FilterOrdering {
        let ordering: FilterOrdering? = read(Array(a.utf8)) { left in
            read(Array(b.utf8)) { right in
                guard let left, let right else { return nil }
                return left.ordering(to: right)
            }
        }
        return try #require(ordering)
    }

    private func read<Result>(_ text: [UInt8], _ body: (DecimalText?) -> Result) -> Result {
        // One byte more, so that the empty text has an address.
        (text + [0]).withUnsafeBufferPointer { body(DecimalText($0.baseAddress!, text.count)) }
    }
}
