extension SnapshotProgress {
    /// The fields of a log line, in no order.
    public var fields: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = [
            ("tables_done", "\(doneTables)"), ("tables", "\(tables.count)"), ("done", Self.percent(share)),
            ("rows", "\(rows)"),
            ("rows_per_second", "\(Int(rowsPerSecond.rounded()))"), ("bytes", "\(bytes)"),
            ("bytes_per_second", "\(Int(bytesPerSecond.rounded()))"),
        ]
        if let expectedRows, share < 1 { fields.append(("estimated_rows", "\(expectedRows)")) }
        if let timeLeft, share < 1 { fields.append(("time_left", Self.clock(timeLeft))) }
        if let retainedWAL { fields.append(("wal_retained_bytes", "\(retainedWAL)")) }
        return fields
    }

    /// Lines for a terminal: the tables that are being read, as far as there is room, and below them all together.
    public func bars(columns: Int, rows: Int) -> [String] {
        // Half of the terminal at most: the log is worth something too.
        let active = tables.filter(\.isActive).prefix(max(rows / 2 - 1, 0))
        let titles = active.map(\.name) + ["all (\(doneTables) of \(tables.count) tables)"]
        let width = min(titles.map(\.count).max() ?? 0, max(columns / 3, 8))
        var entries = active.map { table in
            (
                table.name, table.share,
                [Self.rows(table.rows, of: table.expectedRows, isExact: table.isDone), Self.size(Double(table.bytes))]
                    .joined(separator: "  ")
            )
        }
        var facts = [
            Self.rows(self.rows, of: expectedRows, isExact: share == 1),
            "\(Self.number(Int(rowsPerSecond.rounded()))) rows/s", "\(Self.size(bytesPerSecond))/s",
        ]
        if let timeLeft, share < 1 { facts.append("ETA \(Self.clock(timeLeft))") }
        if let retainedWAL { facts.append("WAL \(Self.size(Double(retainedWAL)))") }
        entries.append((titles[titles.count - 1], share, facts.joined(separator: "  ")))
        // Bars of one length can be compared: what the longest line leaves, without brackets, blanks and share.
        let room = columns - width - (entries.map(\.2.count).max() ?? 0) - 13
        return entries.map { title, share, facts in
            let text = Self.title(title, width: width) + Self.bar(share, length: min(room, 40))
            return String("\(text)  \(Self.percent(share))  \(facts)".prefix(max(columns - 1, 0)))
        }
    }

    private static func title(_ title: String, width: Int) -> String {
        // A name is the database's, and may hold what a terminal would obey.
        let name = String(title.unicodeScalars.map { LogText.isControl($0) ? "?" : Character($0) })
        let shown = name.count > width ? String(name.prefix(max(width - 1, 0))) + "…" : name
        return shown + String(repeating: " ", count: max(width - shown.count, 0))
    }

    private static func bar(_ share: Double, length: Int) -> String {
        guard length >= 10 else { return "" }
        let filled = Int((share * Double(length)).rounded(.down))
        return "  [" + String(repeating: "#", count: filled) + String(repeating: "-", count: length - filled) + "]"
    }

    // MARK: Figures

    /// ` 48 %`: rounded down, so that 100 % means done.
    public static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded(.down)))%" }

    public static func rows(_ rows: Int, of expected: Int?, isExact: Bool) -> String {
        guard let expected, !isExact else { return "\(number(rows)) rows" }
        return "\(number(rows)) of ~\(number(expected)) rows"
    }

    /// `12,345,678`.
    static func number(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// `31.4 MiB`.
    public static func size(_ bytes: Double) -> String {
        var value = max(bytes, 0)
        for unit in ["B", "KiB", "MiB", "GiB"] {
            if value < 1000 { return "\(decimal(value, places: unit == "B" ? 0 : 1)) \(unit)" }
            value /= 1024
        }
        return "\(decimal(min(value, 1e9), places: 1)) TiB"
    }

    /// `0:09`, `12:03`, `5:04:03`, `2d 03:04`.
    public static func clock(_ duration: Duration) -> String {
        let seconds = Int(max(duration.components.seconds, 0))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
        if days > 0 { return "\(days)d \(two(hours)):\(two(minutes))" }
        return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":\(two(seconds % 60))"
    }

    private static func decimal(_ value: Double, places: Int) -> String {
        let scaled = Int((value * (places == 0 ? 1 : 10)).rounded())
        return places == 0 ? "\(scaled)" : "\(scaled / 10).\(scaled % 10)"
    }
}
