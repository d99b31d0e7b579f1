extension SettingsReader {
    /// `secureConnection`, the certificate authorities and SCRAM, as librdkafka's properties.
    func secureConnection(_ kafka: CheckedSection, _ properties: inout LibrdkafkaProperties) {
        let usesTLS = kafka.boolean("secureConnection")
        let usesSCRAM = scram(kafka, &properties)
        let usesSASL = usesSCRAM || asksForSASL(kafka)
        // Where kafka.properties alone decide, they may also name the protocol.
        let owner =
            usesTLS || usesSCRAM ? kafka.path(of: usesTLS ? "secureConnection" : "scramUsername") : nil
        switch (usesTLS, usesSASL) {
        case (false, false): break
        case (true, false): properties.set("security.protocol", .plain("ssl"), owner: owner)
        case (false, true): properties.set("security.protocol", .plain("sasl_plaintext"), owner: owner)
        case (true, true): properties.set("security.protocol", .plain("sasl_ssl"), owner: owner)
        }
        authorities(kafka, &properties, usesTLS: usesTLS)
    }

    /// Whether `kafka.properties` ask for SASL: librdkafka ignores them all without a protocol that has it.
    private func asksForSASL(_ kafka: CheckedSection) -> Bool {
        kafka.section("properties").entries.contains {
            ["sasl.mechanism", "sasl.mechanisms", "sasl.username", "sasl.password"].contains($0.name)
        }
    }

    /// Whether the file asks for SASL by SCRAM.
    private func scram(_ kafka: CheckedSection, _ properties: inout LibrdkafkaProperties) -> Bool {
        let password = secret(in: kafka, text: "scramPassword", file: "scramPasswordFile")
        // Empty ones, as programs write them that hold all keys, are none.
        guard let username = kafka.entry("scramUsername"), kafka.text("scramUsername") != "" else {
            for name in ["scramPassword", "scramPasswordFile"] {
                guard let entry = kafka.entry(name), kafka.text(name) != "" else { continue }
                collector.error("kafka.\(name) needs kafka.scramUsername", at: entry.keyPosition)
            }
            return false
        }
        if !kafka.has("scramPassword"), !kafka.has("scramPasswordFile") {
            collector.error(
                "kafka.scramUsername needs kafka.scramPassword or kafka.scramPasswordFile", at: username.keyPosition)
        }
        for name in ["scramUsername", "scramPassword"] {
            check(kafka, name) { $0.isEmpty ? "must not be empty" : $0.utf8.contains(0) ? "must not hold a NUL" : nil }
        }
        let owner = kafka.path(of: "scramUsername")
        properties.set("sasl.mechanisms", .plain("SCRAM-SHA-512"), owner: owner)
        properties.set("sasl.username", .plain(kafka.requiredText("scramUsername")), owner: owner)
        if let password {
            let key = kafka.has("scramPassword") ? "scramPassword" : "scramPasswordFile"
            properties.set("sasl.password", .secret(password), owner: kafka.path(of: key))
        }
        return true
    }

    private func authorities(_ kafka: CheckedSection, _ properties: inout LibrdkafkaProperties, usesTLS: Bool) {
        let given = [["rootCA", "rootCAPath"], ["interCA", "interCAPath"]].compactMap { names in
            names.first { kafka.text($0)?.isEmpty == false }
        }
        for name in given { check(kafka, name) { $0.utf8.contains(0) ? "must not hold a NUL" : nil } }
        if !usesTLS {
            for name in given {
                collector.warning(
                    "kafka.\(name) has no effect without secureConnection: true", at: kafka.position(of: name))
            }
            return
        }
        guard let first = given.first else { return }
        let owner = kafka.path(of: first)
        if given.count == 1, let path = kafka.text(first), !Self.isPEM(path) {
            checkFile(resolved(path), "kafka.\(first)", at: kafka.position(of: first))
            properties.set("ssl.ca.location", .plain(resolved(path)), owner: owner)
        } else {
            let authorities = given.map { pem(kafka, $0) }
            properties.set("ssl.ca.pem", .plain(authorities.joined(separator: "\n")), owner: owner)
        }
    }

    /// The certificates of a key that holds them itself or names their file.
    private func pem(_ kafka: CheckedSection, _ name: String) -> String {
        guard let text = kafka.text(name) else { return "" }
        if Self.isPEM(text) { return text }
        do throws(SmallFile.Failure) {
            // A bundle of all public authorities is about 200 KiB.
            let pem = String(decoding: try SmallFile.read(resolved(text), limit: 4 << 20), as: UTF8.self)
            if !Self.isPEM(pem) { throw .init(reason: "it holds no certificate in PEM form", isAbsent: false) }
            return pem
        } catch {
            collector.error(
                "kafka.\(name) names a file that cannot be read: \(error.reason)", at: kafka.position(of: name))
            return ""
        }
    }

    private static func isPEM(_ text: String) -> Bool { text.contains("-----BEGIN ") }
}
