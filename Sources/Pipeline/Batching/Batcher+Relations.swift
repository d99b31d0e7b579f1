internal import Logging
internal import Observability
internal import ReplicationProtocol
internal import RowMapping

extension Batcher {
    /// Opens the topics that no row decides about and no table's rule names.
    func openOwnTopics() async throws(PipelineError) {
        deadLetterTopic = nil
        if let name = rules.deadLetterTopic { deadLetterTopic = try await sink.openTopic(name) }
        assembler.deadLetter = deadLetterTopic.map { DeadLetter(topic: $0) }
        schemaChangesTopic = nil
        if let name = rules.schemaChangesTopic { schemaChangesTopic = try await sink.openTopic(name) }
    }

    /// Opens a topic that a row, or a rule for messages, has asked for.
    ///
    /// A topic that a row may not go to is no failure of ours: the row is told, and its rule's `onError` decides.
    ///
    /// - Returns: the topic's number, or why rows may not go there.
    @discardableResult
    func open(topic name: String) async throws(PipelineError) -> Result<Int, TopicRefusal> {
        let isOfMessages = rules.messages.contains { $0.topic == name }
        do throws(PipelineError) {
            try expectFree(name, by: rules)
            let number = try await sink.openTopic(name)
            try openInAssembler(name, number: number)
            return .success(number)
        } catch {
            let refusal: TopicRefusal
            switch error {
            case .topicTaken where !isOfMessages: refusal = .taken
            case .topicMissing where !isOfMessages: refusal = .missing
            default: throw error
            }
            assembler.refuse(topic: name, refusal)
            return .failure(refusal)
        }
    }

    private func openInAssembler(_ name: String, number: Int) throws(PipelineError) {
        do throws(MappingError) {
            try assembler.open(topic: name, number: number)
        } catch {
            throw mapping(error)
        }
    }

    /// Refuses a topic that must hold nothing but ours, or the brokers' own. Those that rules name are refused when the
    /// file is read; this is about what rows and tables' names make of templates.
    private func expectFree(_ topic: String, by rules: MappingRules) throws(PipelineError) {
        let ours = [("kafka.stateTopic", plan.stateTopic), ("mapping.deadLetter.topic", rules.deadLetterTopic)]
        if let (key, _) = ours.first(where: { $0.1 == topic }) { throw .topicTaken(topic, key: key) }
        if TopicName.internalTopics.contains(topic) { throw .topicTaken(topic, key: "Kafka") }
    }

    /// Makes the plan for a table that has a new shape.
    func install(_ relation: Relation) async throws(PipelineError) {
        let name = TableName(schema: relation.schema, name: relation.name)
        let counters = metrics.table(schema: name.schema, name: name.name)
        guard let rule = rules.rule(for: name) else {
            if rules.unmapped == .error { throw mapping(.unmappedTable(name)) }
            logger.warning(
                "skipping changes of a table that no rule names",
                metadata: [
                    "table": "\(name)",
                    "advice": "add it to mapping.tables or take it out of the publication",
                ])
            assembler.install(nil, for: relation, counters: counters)
            return
        }
        let plan = try await compile(rule, relation, by: rules)
        for partition in assembler.partitions.takeNews(of: relation.oid) { tell(ofPartition: partition, of: relation) }
        assembler.install(
            plan, completing: try await compileCompleting(rule, relation, by: rules), for: relation, counters: counters)
        if !plan.missingColumns.isEmpty {
            logger.warning(
                "the table no longer has columns that its columns rule names; the rule is without effect for them",
                metadata: [
                    "table": "\(name)", "missing_columns": "\(plan.missingColumns.joined(separator: ","))",
                    "advice": "take them out of the table's columns rule",
                ])
        }
        logger.info(
            "mapped table",
            metadata: [
                "table": "\(name)", "topic": "\(rule.topic)", "columns": .stringConvertible(relation.columns.count),
                "key": "\(plan.keyColumns.joined(separator: ","))",
            ])
        if let schemaChangesTopic { try await tell(of: relation, plan, topic: schemaChangesTopic) }
    }

    /// Says that a partition's old rows carry other columns than its table promises.
    private func tell(ofPartition partition: Relation, of table: Relation) {
        func identity(_ relation: Relation) -> [String] { relation.columns.filter(\.isKey).map(\.name).sorted() }
        guard identity(partition) != identity(table) else { return }
        let name = TableName(schema: partition.schema, name: partition.name)
        logger.warning(
            "a partition has another replica identity than its table; what its old rows lack is left out, not null",
            metadata: [
                "table": "\(TableName(schema: table.schema, name: table.name))", "partition": "\(name)",
                "identity": "\(partition.replicaIdentity)", "table_identity": "\(table.replicaIdentity)",
                "advice":
                    "ALTER TABLE \(name.sql) REPLICA IDENTITY …, as the table has it; see pqcdc-kafka validate --online",
            ])
    }

    /// The plan for changes that must not leave values out; nil where there are none, or the rule's own does it.
    func compileCompleting(
        _ rule: TableRule, _ relation: Relation, by rules: MappingRules
    ) async throws(PipelineError) -> RowPlan? {
        guard assembler.thresholds[relation.oid]?.hasWindow == true, rule.unchangedTOAST != .reselect else {
            return nil
        }
        var rule = rule
        rule.unchangedTOAST = .reselect
        return try await compile(rule, relation, by: rules)
    }

    /// The plan by which the table's changes become records under `rule`, one of `rules`. Its topic is open afterwards.
    func compile(_ rule: TableRule, _ relation: Relation, by rules: MappingRules) async throws(PipelineError) -> RowPlan
    {
        var primaryKey: [String]?
        if RowPlan.needsPrimaryKey(rule: rule) {
            let found = try await catalog.primaryKey(of: relation.oid)
            let missing = found?.filter { name in !relation.columns.contains { $0.name.isSpelled(like: name) } } ?? []
            // A column that was added to table and key since the change is none that the server hides.
            let unsent = missing.isEmpty ? [] : try await catalog.unsentColumns(missing, of: relation.oid)
            primaryKey = RowPlan.primaryKey(found, unsent: unsent, of: relation)
        }
        let unknown = RowPlan.unknownTypes(in: relation)
        let types = unknown.isEmpty ? [:] : try await catalog.types(unknown)
        let topic: String?
        do throws(MappingError) {
            topic = try RowPlan.constantTopic(rule: rule, relation: relation)
        } catch {
            throw mapping(error)
        }
        var number = 0
        if let topic {
            try expectFree(topic, by: rules)
            number = try await sink.openTopic(topic)
        }
        do throws(MappingError) {
            return try RowPlan(
                rule: rule, relation: relation, primaryKey: primaryKey, types: types,
                partitions: assembler.partitions.ofTable(relation.oid), topic: number,
                number: assembler.number(of: relation))
        } catch {
            throw mapping(error)
        }
    }

    /// Sends a record of the shape, unless it is the one that the topic knows.
    private func tell(of relation: Relation, _ plan: RowPlan, topic: Int) async throws(PipelineError) {
        let old = shapes[relation.oid]
        guard old?.relation != relation else { return }
        let types = try await catalog.typeNames(relation.columns.map { ($0.type, $0.typeModifier) })
        let new = SchemaChange.Shape(relation: relation, types: types)
        SchemaChange(old: old, new: new).append(
            topic: topic, table: Int(plan.number), assembler.context, to: &assembler.batch)
        // Tables that are dropped and made anew come under another number each time. What is forgotten is told again, as
        // after a start.
        if shapes.count >= Self.mostShapes { shapes = [:] }
        shapes[relation.oid] = new
    }

    private static let mostShapes = 10_000

    /// Reads what an UPDATE left out from its table and maps it.
    func reselect(
        _ reselection: Reselection, in chunk: borrowing WALChunk, _ frame: inout Int
    ) async throws(PipelineError) {
        var values: [[UInt8]?]?
        if !reselection.key.isEmpty {
            values = try await catalog.reselect(reselection.columns, of: reselection.table, where: reselection.key)
            if values == nil { try await completeKeyChanges(of: reselection.relation) }
        }
        let step = try chunk.withFrame(frame) { bytes throws(PipelineError) in
            try assembler.assemble(bytes, reselection, with: values)
        }
        switch step {
        case .consumed:
            frame += 1
            if assembler.isFull { try await flushFull() }
        case .topic(let name): try await open(topic: name)
        case .full, .relation, .boundary, .reselect, .request, .highMark:
            preconditionFailure("a change whose values were read becomes a record, or asks for its topic")
        }
    }

    private func mapping(_ error: MappingError) -> PipelineError { .mapping(error, at: assembler.place) }
}
