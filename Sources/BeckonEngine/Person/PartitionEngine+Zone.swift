import BeckonModel

/// The person's time zone: what she has told of herself, else what her events say, else the rule set's.
///
/// *Layout* of the entries: time 48 bits of the event that brought the zone · its name, as text: a new zone table may number
/// its zones anew.
extension PartitionEngine {
    /// Of `identify`, which goes before, and of the events' context.
    private static let traitTag = EntryTag(.person, 1)
    private static let contextTag = EntryTag(.person, 2)

    /// Notes the zone that the event at hand brings, if it is one of the zone table.
    mutating func noteZone(
        _ zones: ZoneProgram, _ event: AppliedEvent, _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        // Others come here only because their properties have other names.
        guard event.number >= 0 && event.number < zones.namedCount || (event.isOwn && zones.readsOwn) else { return }
        note(scratch.row(event.row)[zones.contextSlot], Self.contextTag, event.timeMs, &person, &output)
        if event.number == zones.traitEvent {
            note(scratch.row(event.row)[zones.traitSlot], Self.traitTag, event.timeMs, &person, &output)
        }
    }

    /// Nothing is written while the zone stays the same, which is nearly always.
    private mutating func note(
        _ value: Value, _ tag: EntryTag, _ timeMs: Milliseconds, _ person: inout PersonCursor,
        _ output: inout StepOutput
    ) {
        guard case .string(let name) = value else { return }
        let known = person.place == 0 ? nil : store.record(person.place).entry(tag)
        if let known {
            let record = store.record(person.place)
            if record.load48(known + PersonRecord.entryHeaderBytes) > timeMs { return }
            if InstanceKey.equals(zoneName(record, known), name) { return }
        }
        guard ZoneTable.standard.zone(named: name) != nil else { return }
        let count = 6 + name.count
        if person.place != 0, !store.hasRoom(person.place, count) {
            output.counts.note(.record)
            return
        }
        willChange(&person)
        let entry = place(known, tag, payload: count, &person)
        let record = store.record(person.place)
        record.store48(timeMs, entry + PersonRecord.entryHeaderBytes)
        (record.payload(entry) + 6).copyMemory(from: name.start, byteCount: name.count)
    }

    func zone(of person: PersonCursor, _ program: Program) -> Zone {
        guard let zones = program.zones else { preconditionFailure("a program without calendars asks for a zone") }
        guard person.place != 0 else { return zones.defaultZone }
        let record = store.record(person.place)
        for tag in [Self.traitTag, Self.contextTag] {
            if let entry = record.entry(tag), let zone = ZoneTable.standard.zone(named: zoneName(record, entry)) {
                return zone
            }
        }
        return zones.defaultZone
    }

    private func zoneName(_ record: PersonRecord, _ entry: Int) -> Bytes {
        Bytes(start: record.payload(entry) + 6, count: record.payloadLength(entry) - 6)
    }
}
