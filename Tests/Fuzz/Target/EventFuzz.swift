import BeckonModel

/// The decoder of events: it takes whatever the strict reader takes, and then reads the same values.
final class EventFuzz {
    nonisolated(unsafe) static let shared = EventFuzz()

    private let decoder: EventDecoder
    private let values: UnsafeMutablePointer<Value>
    private let texts: UnsafeMutablePointer<Bytes>
    private static let paths: [[String]] = [
        ["price"], ["total"], ["name"], ["cart", "id"], ["cart", "deep", "er"], ["é"],
    ]
    private static let contextSlot = paths.count
    private static let traitSlot = paths.count + 1
    private static let wholeSlot = paths.count + 2
    private static let urlSlot = paths.count + 3
    private static let pathSlot = paths.count + 4
    private static let productSlot = paths.count + 5
    private static let slotCount = paths.count + 6

    private init() {
        func plan(_ slot: Int, _ root: PropertyPath.Root, _ names: [String]) -> FieldPlan {
            FieldPlan(slot: slot, sources: [.path(PropertyPath(root: root, names: names))])
        }
        var fields = Self.paths.enumerated().map { plan($0.offset, .properties, $0.element) }
        fields.append(plan(Self.contextSlot, .context, ["page", "path"]))
        fields.append(plan(Self.traitSlot, .traits, ["email"]))
        fields.append(plan(Self.urlSlot, .properties, ["url"]))
        fields.append(
            FieldPlan(
                slot: Self.pathSlot,
                sources: [
                    .path(PropertyPath(root: .properties, names: ["path"])), .derived(.urlPath(of: Self.urlSlot)),
                ]))
        fields.append(FieldPlan(slot: Self.productSlot, sources: [.derived(.product(0, 1))]))
        fields.append(
            FieldPlan(slot: Self.wholeSlot, sources: [.whole(.properties, mapped: [(name: "other", slot: 0)])]))
        let names = ["order_completed", "page_viewed", "identify"]
        let catalog = EventCatalog(
            names: names, aliases: [(name: "Order Completed", event: 0)],
            fields: names.map { _ in fields }, otherFields: [fields[Self.contextSlot]], slotCount: Self.slotCount,
            readsChannel: true)
        decoder = EventDecoder(catalog: catalog, indexer: JSONIndexerOwner())
        values = .allocate(capacity: Self.slotCount)
        values.initialize(repeating: .missing, count: Self.slotCount)
        texts = .allocate(capacity: Self.slotCount)
        let nothing = UnsafeRawPointer(values)
        texts.initialize(repeating: Bytes(start: nothing, count: 0), count: Self.slotCount)
    }

    func run(_ input: UnsafeRawBufferPointer) {
        defer { decoder.removeAll() }
        let event = decoder.decode(input.baseAddress, count: input.count, values: values, texts: texts)
        let tree = JSONValue.read(input)
        if event.rejection == .notJSON {
            expect(tree?.members == nil, "an object is said to be no JSON")
        } else if event.rejection == nil {
            if let time = event.timestampMs {
                expect(time >= Timestamp.earliestMs && time < Timestamp.endMs, "the time \(time) is out of range")
            }
            if event.event >= 0 { compare(tree) }
        }
    }

    /// What was read is what the strict reader sees there.
    private func compare(_ tree: JSONValue?) {
        for slot in 0..<Self.slotCount { whole(values[slot]) }
        guard let tree, Self.isPlain(tree), tree["specversion"] == nil else { return }
        for (slot, path) in Self.paths.enumerated() {
            var expected = tree["properties"]
            for name in path { expected = expected?[name] }
            expect(Self.isSame(values[slot], expected), "properties.\(path) is read as \(values[slot])")
        }
    }

    /// Everything that rules would touch can be touched, and written.
    private func whole(_ value: Value) {
        var output = ByteBuffer()
        switch value {
        case .string(let text):
            expect(String(validating: text.buffer, as: UTF8.self) != nil, "a string that is not UTF-8")
        case .json(let text):
            expect(JSONValue.read(text.buffer) != nil, "no JSON: \(String(decoding: text.buffer, as: UTF8.self))")
        case .failed: return
        default: break
        }
        JSONText.append(value, to: &output)
        expect(
            JSONValue.read(output.buffer) != nil, "written as no JSON: \(String(decoding: output.bytes, as: UTF8.self))"
        )
    }

    /// Names that stand twice and names that are written with escapes are read otherwise, as documented.
    static func isPlain(_ value: JSONValue) -> Bool {
        guard case .object(let members) = value else { return true }
        var seen: Set<[UInt8]> = []
        return members.allSatisfy { member in
            let name = Array(member.name.utf8)
            return seen.insert(name).inserted && !name.contains { $0 == 0x5C || $0 == 0x22 || $0 < 0x20 }
                && isPlain(member.value)
        }
    }

    private static func isSame(_ value: Value, _ expected: JSONValue?) -> Bool {
        switch (value, expected) {
        case (.missing, nil), (.null, .null?): true
        case (.bool(let left), .bool(let right)?): left == right
        case (.double(let left), .number(let right, _)?): left == right
        case (.failed, .number?), (.failed, .list?), (.failed, .object?): true
        case (.string(let left), .string(let right)?): left.buffer.elementsEqual(right.utf8)
        case (.json(let left), .list?), (.json(let left), .object?):
            expected.map { JSONValue.read(left.buffer)?.isContained(in: $0) == true } ?? false
        default: false
        }
    }
}
