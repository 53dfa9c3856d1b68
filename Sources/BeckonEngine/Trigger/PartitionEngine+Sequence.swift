import BeckonModel

/// Events in order. Of each key and stage the latest possible start is kept: as good as any other for what comes in time.
extension PartitionEngine {
    /// A bit for each stage that the event can be.
    mutating func stages(
        _ action: RuleAction, _ event: AppliedEvent, _ person: PersonCursor, _ program: Program,
        _ output: inout StepOutput
    ) -> UInt8 {
        var matched: UInt8 = 0
        for (stage, filter) in action.stages.enumerated() where passes(filter, event, person, program, &output) {
            matched |= 1 << UInt8(stage)
        }
        return matched
    }

    /// Advances runs of the key at hand by one stage; returns when the run began that is now complete.
    mutating func advance(
        _ rule: RuleProgram, _ matched: UInt8, stageCount: Int, withinMs: Milliseconds, _ event: AppliedEvent,
        _ person: inout PersonCursor, _ output: inout StepOutput
    ) -> Milliseconds? {
        let known = progressEntry(rule, person)
        guard let entry = known else {
            if matched & 1 == 1 { beginSequence(rule, stageCount, event, &person, &output) }
            return nil
        }
        let body = SequenceBody(ProgressEntry(record: store.record(person.place), entry: entry))
        let timeMs = event.timeMs
        // From the last stage down, so that an event does not advance what it has just advanced.
        for stage in (1..<stageCount).reversed() where matched & 1 << UInt8(stage) != 0 {
            let startMs = body.startMs(stage - 1)
            guard startMs > 0, body.lastMs(stage - 1) <= timeMs, timeMs - startMs <= withinMs else { continue }
            if stage == stageCount - 1 {
                willChange(&person)
                body.empty(through: timeMs)
                body.emptiedMs = max(body.emptiedMs, timeMs)
                noteNewest(entry, timeMs, person)
                return startMs
            }
            let isLater = startMs > body.startMs(stage)
            if isLater || (startMs == body.startMs(stage) && timeMs < body.lastMs(stage)) {
                willChange(&person)
                body.set(stage, startMs: startMs, lastMs: timeMs)
                noteNewest(entry, timeMs, person)
            }
        }
        if matched & 1 == 1, timeMs > body.startMs(0), timeMs > body.emptiedMs,
            !isCancelled(rule, keyAtHand, atMs: timeMs, person)
        {
            willChange(&person)
            body.set(0, startMs: timeMs, lastMs: timeMs)
            noteNewest(entry, timeMs, person)
        }
        return nil
    }

    private mutating func beginSequence(
        _ rule: RuleProgram, _ stageCount: Int, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ output: inout StepOutput
    ) {
        if isCancelled(rule, keyAtHand, atMs: event.timeMs, person) { return }
        guard
            let entry = addProgress(
                rule, body: SequenceBody.count(stages: stageCount), newestMs: event.timeMs, &person, &output)
        else { return }
        SequenceBody(ProgressEntry(record: store.record(person.place), entry: entry))
            .set(0, startMs: event.timeMs, lastMs: event.timeMs)
    }

    private func noteNewest(_ entry: Int, _ timeMs: Milliseconds, _ person: PersonCursor) {
        let progress = ProgressEntry(record: store.record(person.place), entry: entry)
        progress.newestMs = max(progress.newestMs, timeMs)
    }
}
