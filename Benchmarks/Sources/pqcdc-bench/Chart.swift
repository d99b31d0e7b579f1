import Figures
import Glibc

/// A line chart as SVG text: a logarithmic axis across, a linear one from 0 up.
struct Chart {
    struct Series {
        let name: String
        let color: String
        let points: [(x: Double, y: Double)]
    }

    let title: String
    let xLabel: String
    let yLabel: String
    let series: [Series]

    private static let (width, height) = (640.0, 360.0)
    private static let (left, right, top, bottom) = (70.0, 20.0, 60.0, 50.0)

    var svg: String {
        let values = series.flatMap(\.points)
        let (low, high) = (values.map(\.x).min() ?? 1, values.map(\.x).max() ?? 10)
        let ceiling = Self.roundUp(values.map(\.y).max() ?? 1)
        func x(_ value: Double) -> Double {
            let share = high > low ? log(value / low) / log(high / low) : 0.5
            return Self.left + share * (Self.width - Self.left - Self.right)
        }
        func y(_ value: Double) -> Double {
            Self.height - Self.bottom - value / ceiling * (Self.height - Self.top - Self.bottom)
        }
        var lines = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" \
            font-family="sans-serif" font-size="12">
            """,
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            Self.text(Self.width / 2, 20, title, anchor: "middle", size: 14),
            Self.text(Self.width / 2, Self.height - 10, xLabel, anchor: "middle"),
            """
            <text transform="translate(16 \((Self.height / 2).fixed(0))) rotate(-90)" text-anchor="middle">\(yLabel)</text>
            """,
        ]
        for step in 0...4 {
            let value = ceiling * Double(step) / 4
            lines.append(Self.line(Self.left, y(value), Self.width - Self.right, y(value), "#dddddd"))
            lines.append(Self.text(Self.left - 6, y(value) + 4, Self.label(value), anchor: "end"))
        }
        for value in Set(values.map(\.x)).sorted() {
            lines.append(Self.line(x(value), y(0), x(value), y(0) + 4, "#444444"))
            lines.append(Self.text(x(value), y(0) + 18, Self.label(value), anchor: "middle"))
        }
        for (index, series) in series.enumerated() {
            let path = series.points.map { "\(x($0.x).fixed(1)),\(y($0.y).fixed(1))" }.joined(separator: " ")
            lines.append(
                "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(series.color)\" stroke-width=\"2\"/>")
            for point in series.points {
                lines.append(
                    """
                    <circle cx="\(x(point.x).fixed(1))" cy="\(y(point.y).fixed(1))" r="3" fill="\(series.color)"/>
                    """)
            }
            let legend = Self.left + Double(index) * 190
            lines.append(Self.line(legend, 40, legend + 20, 40, series.color))
            lines.append(Self.text(legend + 26, 44, series.name, anchor: "start"))
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }

    /// The next of 1, 2, 4, 5, 8 times a power of ten: four steps of it are round.
    private static func roundUp(_ value: Double) -> Double {
        guard value > 0 else { return 1 }
        let power = pow(10, floor(log10(value)))
        return ([1, 2, 4, 5, 8, 10].first { $0 * power >= value } ?? 10) * power
    }

    private static func label(_ value: Double) -> String {
        if value >= 1_000_000 { return "\((value / 1_000_000).short)M" }
        return value >= 1000 ? "\((value / 1000).short)k" : value.short
    }

    private static func text(
        _ x: Double, _ y: Double, _ text: String, anchor: String, size: Int = 12
    ) -> String {
        "<text x=\"\(x.fixed(1))\" y=\"\(y.fixed(1))\" text-anchor=\"\(anchor)\" font-size=\"\(size)\">\(text)</text>"
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String) -> String {
        "<line x1=\"\(x1.fixed(1))\" y1=\"\(y1.fixed(1))\" x2=\"\(x2.fixed(1))\" y2=\"\(y2.fixed(1))\" stroke=\"\(color)\"/>"
    }
}

extension Double {
    /// Without digits that say nothing.
    fileprivate var short: String {
        let text = fixed(2)
        guard text.contains(".") else { return text }
        var digits = text[...]
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        return String(digits)
    }
}
