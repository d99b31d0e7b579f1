import Figures
import TestSupport

/// The figures that are kept in the repository, a line a benchmark: `name,instructions,allocations`.
struct Thresholds {
    var entries: [(name: String, instructions: Double?, allocations: Double)] = []

    init() {}

    init(text: String) throws {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("name,") {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 3, let allocations = Double(fields[2]) else {
                throw Failure("not a threshold: \(line)")
            }
            entries.append((fields[0], Double(fields[1]), allocations))
        }
    }

    var text: String {
        """
        # What one operation may cost, written by `make bench-thresholds` with Swift \(Self.compiler).
        # instructions: counted by callgrind; `make bench-check` fails when it counts over 10 % more. Empty: the work is
        # spread over threads, and never takes the same number twice.
        # allocations: the most that it may ask the heap for, each time.
        name,instructions,allocations

        """
            + entries.map {
                "\($0.name),\($0.instructions.map { "\(Int($0.rounded()))" } ?? ""),\($0.allocations)\n"
            }.joined()
    }

    private static var compiler: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2 or earlier"
        #endif
    }
}
