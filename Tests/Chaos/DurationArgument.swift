import ArgumentParser

/// A duration on the command line: `90`, `15s`, `10m`, `1h`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
        let unit = argument.last.flatMap { units[$0] }
        guard let count = Int(unit == nil ? argument : String(argument.dropLast())), count > 0 else { return nil }
        let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit ?? 1)
        if isTooLong { return nil }
        duration = .seconds(seconds)
    }
}
