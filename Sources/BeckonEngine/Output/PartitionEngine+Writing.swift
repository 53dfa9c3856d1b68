import BeckonModel
import CXXHash

/// Decisions, cancels, suppressions and outcomes as JSON. Their form is published in the rule reference.
extension PartitionEngine {
    /// hash(person, rule, key, cause, ordinal): the same on every replay and however the steps are cut.
    func decisionId(
        _ rule: RuleProgram, _ key: Bytes, _ cause: FiringCause, _ dueMs: Milliseconds, ordinal: UInt8,
        _ person: PersonCursor
    ) -> ContentHash {
        let buffer = scratch.idBuffer
        buffer.bytes.removeAll()
        func part(_ bytes: Bytes) {
            buffer.bytes.append(littleEndian: UInt32(bytes.count))
            buffer.bytes.append(bytes)
        }
        part(person.id)
        buffer.bytes.append(littleEndian: UInt32(rule.idBytes.count))
        buffer.bytes.append(rule.idBytes)
        part(key)
        switch cause {
        case .event(let event):
            buffer.bytes.append(UInt8(1))
            buffer.bytes.append(inputs[event.input])
            buffer.bytes.append(UInt8(0))
            buffer.bytes.append(littleEndian: partition)
            buffer.bytes.append(littleEndian: event.offset)
        case .timer:
            buffer.bytes.append(UInt8(2))
            buffer.bytes.append(littleEndian: dueMs)
        }
        // A run that a late canceller restarts may come to the same due time again.
        buffer.bytes.append(ordinal)
        return ContentHash(of: buffer.bytes.buffer)
    }

    /// Of a decision's `data`, as JSON: an event with all that it holds, and something beside it.
    static let dataBytesMax = EventDecoder.eventBytesMax + 16_384

    mutating func writeDecision(
        _ rule: RuleProgram, _ firing: Firing, _ key: Bytes, _ cause: FiringCause, _ row: UnsafeMutablePointer<Value>,
        _ person: PersonCursor, _ context: StepContext, _ program: Program, _ output: inout StepOutput
    ) {
        output.counts.addDecision(ofRule: program.ruleOfVersion[rule.versionNumber]!)
        if output.isSuppressed { return }
        switch cause {
        case .event(let event): output.causes.append(DecisionCause(isTimer: false, atMs: event.recordMs))
        case .timer: output.causes.append(DecisionCause(isTimer: true, atMs: firing.dueMs + rule.waitMs))
        }
        let start = begin(person, &output)
        output.bytes.append(#"{"type":"decision","id":"#)
        JSONText.appendHash(firing.decision, to: &output.bytes)
        appendIdentity(rule, key, cause, person, &output)
        appendTime(#","dueAt":""#, firing.dueMs, &output)
        appendTime(#"","decidedAt":""#, context.step.wallMs, &output)
        appendTime(#"","eventAt":""#, firing.lastMs, &output)
        appendTime(#"","expiresAt":""#, firing.expiresMs, &output)
        output.bytes.append(#"","#)
        output.bytes.append(rule.deliveryJSON)
        output.bytes.append(#","data":{"#)
        let dataStart = output.bytes.count
        for (index, member) in rule.data.enumerated() {
            if index > 0 { output.bytes.append(UInt8(ascii: ",")) }
            output.bytes.append(member.name)
            let value = evaluate(member.value, row, person, atMs: firing.dueMs, program)
            let memberStart = output.bytes.count
            JSONText.append(value, to: &output.bytes)
            if output.bytes.count - dataStart > Self.dataBytesMax {
                output.bytes.truncate(to: memberStart)
                output.bytes.append("null")
                output.counts.note(.data)
            }
        }
        output.bytes.append(#"},"reason":"#)
        output.bytes.append(rule.reasonJSON)
        output.bytes.append(#","mode":"live"}"#)
        finish(.decisions, person, start, &output)
    }

    mutating func writeCancel(
        _ rule: RuleProgram, _ firing: FiringEntry, _ event: AppliedEvent, _ person: PersonCursor,
        _ context: StepContext,
        _ output: inout StepOutput
    ) {
        if output.isSuppressed { return }
        let start = begin(person, &output)
        output.bytes.append(#"{"type":"cancel","id":"#)
        JSONText.appendHash(firing.decision, to: &output.bytes)
        appendIdentity(rule, firing.key, .event(event), person, &output)
        appendTime(#","decidedAt":""#, context.step.wallMs, &output)
        appendTime(#"","eventAt":""#, event.timeMs, &output)
        output.bytes.append(#"","reason":"recalled"}"#)
        finish(.decisions, person, start, &output)
    }

    mutating func writeConverted(
        _ rule: RuleProgram, _ firing: FiringEntry, _ event: AppliedEvent, _ person: PersonCursor,
        _ context: StepContext,
        _ output: inout StepOutput
    ) {
        if output.isSuppressed { return }
        let start = begin(person, &output)
        output.bytes.append(#"{"type":"converted","decision":"#)
        JSONText.appendHash(firing.decision, to: &output.bytes)
        appendIdentity(rule, firing.key, .event(event), person, &output)
        appendTime(#","at":""#, event.timeMs, &output)
        appendTime(#"","recordedAt":""#, context.step.wallMs, &output)
        output.bytes.append(#""}"#)
        finish(.outcomes, person, start, &output)
    }

    mutating func suppress(
        _ rule: RuleProgram, _ reason: SuppressionReason, event: AppliedEvent, dueMs: Milliseconds,
        _ person: PersonCursor,
        _ context: StepContext, _ output: inout StepOutput
    ) {
        suppress(
            rule, reason, key: keyAtHand, cause: .event(event), ordinal: 0, dueMs: dueMs, eventMs: event.timeMs, person,
            context, &output)
    }

    mutating func suppress(
        _ rule: RuleProgram, _ reason: SuppressionReason, key: Bytes, cause: FiringCause, ordinal: UInt8,
        dueMs: Milliseconds,
        eventMs: Milliseconds, _ person: PersonCursor, _ context: StepContext, _ output: inout StepOutput
    ) {
        output.counts.suppressions[Int(reason.rawValue)] += 1
        if output.isSuppressed { return }
        let start = begin(person, &output)
        output.bytes.append(#"{"type":"suppression","id":"#)
        JSONText.appendHash(decisionId(rule, key, cause, dueMs, ordinal: ordinal, person), to: &output.bytes)
        appendIdentity(rule, key, cause, person, &output)
        appendTime(#","dueAt":""#, dueMs, &output)
        appendTime(#"","decidedAt":""#, context.step.wallMs, &output)
        appendTime(#"","eventAt":""#, eventMs, &output)
        output.bytes.append(#"","reason":""#)
        output.bytes.append(reason.label)
        output.bytes.append(#""}"#)
        finish(.suppressions, person, start, &output)
    }

    /// `,"rule":…,"version":…,"person":…,"key":{…},"cause":…`
    private func appendIdentity(
        _ rule: RuleProgram, _ key: Bytes, _ cause: FiringCause, _ person: PersonCursor, _ output: inout StepOutput
    ) {
        output.bytes.append(UInt8(ascii: ","))
        output.bytes.append(rule.identityJSON)
        output.bytes.append(#","person":"#)
        JSONText.appendString(person.id, to: &output.bytes)
        output.bytes.append(#","key":{"#)
        var isFirst = true
        var at = 0
        for name in rule.keyNames {
            guard let part = InstanceKey.nextPart(key, &at) else { continue }
            if !isFirst { output.bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            output.bytes.append(name)
            JSONText.appendString(part, to: &output.bytes)
        }
        switch cause {
        case .timer: output.bytes.append(#"},"cause":"timer""#)
        case .event(let event):
            output.bytes.append(#"},"cause":""#)
            output.bytes.append(inputs[event.input])
            output.bytes.append(UInt8(ascii: "-"))
            output.bytes.append(decimal: Int64(partition))
            output.bytes.append(UInt8(ascii: "-"))
            output.bytes.append(decimal: event.offset)
            output.bytes.append(UInt8(ascii: "\""))
        }
    }

    private func appendTime(_ prefix: StaticString, _ instantMs: Milliseconds, _ output: inout StepOutput) {
        output.bytes.append(prefix)
        Timestamp.append(instantMs, to: &output.bytes)
    }

    private func begin(_ person: PersonCursor, _ output: inout StepOutput) -> Int {
        let start = output.bytes.count
        output.bytes.append(person.id)
        return start
    }

    private func finish(_ topic: OutputRecord.Topic, _ person: PersonCursor, _ start: Int, _ output: inout StepOutput) {
        let valueStart = start + person.id.count
        output.records.append(
            OutputRecord(
                topic: topic, keyStart: start, keyCount: person.id.count, valueStart: valueStart,
                valueCount: output.bytes.count - valueStart, deadLetter: nil))
    }
}
