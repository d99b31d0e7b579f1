extension SettingsReader {
    /// The secret of `textKey`, or of the file that `fileKey` names; nil when neither is given.
    func secret(in section: CheckedSection, text textKey: String, file fileKey: String) -> Secret? {
        if section.has(textKey), let other = section.entry(fileKey) {
            collector.error(
                "\(section.path(of: textKey)) and \(section.path(of: fileKey)) are both given",
                at: other.keyPosition, note: "remove one of them")
        }
        if let text = section.text(textKey) { return Secret(text) }
        guard let path = section.text(fileKey) else { return nil }
        do throws(SmallFile.Failure) {
            return Secret(try secretFile(path))
        } catch {
            let key = section.path(of: fileKey)
            collector.unreadable(
                key, isSecret: true, "\(key) cannot be read: \(error.reason)", at: section.position(of: fileKey))
            return nil
        }
    }

    /// Reports a file, or a folder, that a library is to read and that this process cannot.
    func checkFile(_ path: String, _ key: String, at position: SourcePosition) {
        guard machine != nil, let reason = SmallFile.obstacle(path) else { return }
        collector.error("\(key) names a file that cannot be read: \(reason)", at: position)
    }

    /// The path as the process can open it: a relative one is meant from the configuration's folder.
    func resolved(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(directory)/\(path)"
    }

    private func secretFile(_ path: String) throws(SmallFile.Failure) -> String {
        var bytes = try secretBytes(path)
        // Editors and `echo` end a file with a line break; it is no part of the password.
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        if bytes.isEmpty { throw .init(reason: "it is empty", isAbsent: false) }
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            throw .init(reason: "it is not text", isAbsent: false)
        }
        return text
    }

    private func secretBytes(_ path: String) throws(SmallFile.Failure) -> [UInt8] {
        // No password is longer, and a wrong path may name anything.
        let limit = 64 << 10
        if !path.hasPrefix("/"), let credentialsDirectory {
            do throws(SmallFile.Failure) {
                return try SmallFile.read("\(credentialsDirectory)/\(path)", limit: limit)
            } catch  where !error.isAbsent {
                throw error
            } catch {
                // Not a credential of the service: beside the configuration, then.
            }
        }
        return try SmallFile.read(resolved(path), limit: limit)
    }
}
