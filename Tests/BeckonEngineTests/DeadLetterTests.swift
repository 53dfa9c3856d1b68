import BeckonEngine
import BeckonModel
import Oracle
import Testing

/// Events that cannot be read come out with their reason and origin, and the rest goes on.
@Suite struct `Dead letters of the engine` {
    static let startMs: Int64 = 1_700_000_000_000
    static let rules = """
        id: bought
        when: { event: order_completed, where: 'properties.total > 10.0' }
        data: { total: properties.total, items: properties.items }
        send: { channels: [push], template: thanks }
        """
    private static let good = #"{"event":"order_completed","properties":{"total":20}}"#

    /// The record, then a good one.
    private static func outputs(_ record: OracleRecord) throws -> [WrittenRecord] {
        let ruleSet = try #require(RuleSet.read([RuleSource(file: "r.yaml", text: Array(rules.utf8))]).ruleSet)
        let records = [record, OracleRecord(8, at: startMs, "ben", good)]
        var run = EngineRun(WorkloadRecords([OracleTopic(name: "events", partition: 3, records: records)]), ruleSet)
        let step = OracleStep(seq: 1, now: startMs, wall: startMs, ranges: [OracleRange(topic: 0, from: 7, to: 9)])
        _ = run.takeAll([step], ruleSet)
        return run.outputs
    }

    private static func bytes(_ value: [UInt8]) -> OracleRecord {
        OracleRecord(offset: 7, timestamp: startMs, key: Array("ann".utf8), value: value)
    }

    private func expect(_ reason: DeadLetterReason, _ record: OracleRecord) throws {
        let outputs = try Self.outputs(record)
        #expect(outputs.count == 2 && outputs.last?.topic == .decisions, "the rest goes on")
        let letter = try #require(outputs.first)
        #expect(letter.topic == .deadLetters && letter.reason == reason && letter.offset == 7 && letter.input == 0)
        #expect(letter.key == record.key ?? [])
        #expect(letter.value == Array((record.value ?? []).prefix(EventDecoder.eventBytesMax)))
    }

    private static func nested(_ depth: Int) -> String {
        #"{"event":"x","properties":{"total":\#(String(repeating: "[", count: depth))\#(String(repeating: "]", count: depth))}}"#
    }

    @Test(
        arguments: [
            ("not json", .notJSON), ("", .notJSON), (" ", .notJSON), ("{", .notJSON), ("{}x", .notJSON),
            ("[]", .notJSON), ("5", .notJSON),
            (#"{"event":"order_completed"}}"#, .notJSON),
            (#"{"event":"order_completed","properties":{"total":20}"#, .notJSON),
            (#"{"event":"order_completed","properties":{"total":01}}"#, .notJSON),
            (#"{"event":"order_completed","properties":{"items":[1,]}}"#, .notJSON), (#"{"event":"a\q"}"#, .notJSON),
            ("{}", .name), (#"{"event":""}"#, .name), (#"{"event":null}"#, .name), (#"{"type":"track"}"#, .name),
            (#"{"specversion":"1.0"}"#, .name), (#"{"event":5}"#, .type), (#"{"type":[],"event":"x"}"#, .type),
            (#"{"event":"x","properties":5}"#, .type), (#"{"event":"x","context":"y"}"#, .type),
            (#"{"event":"x","timestamp":{}}"#, .type),
            (#"{"event":"x","timestamp":"yesterday"}"#, .timestamp),
            (#"{"event":"x","timestamp":"2024-02-30T00:00:00Z"}"#, .timestamp),
            (#"{"event":"x","timestamp":"1970-01-01T00:00:00Z"}"#, .timestampRange),
            (#"{"event":"x","timestamp":0}"#, .timestampRange),
            (#"{"event":"x","timestamp":"2100-01-01T00:00:00Z"}"#, .timestampRange),
            (#"{"event":"x","timestamp":1e300}"#, .timestampRange),
            (#"{"event":"x","timestamp":-1}"#, .timestampRange), (#"{"event":"x","timestamp":1e999}"#, .timestampRange),
            (#"{"event":"order_completed","properties":{"total":1e999}}"#, .number),
            (#"{"event":"order_completed","properties":{"total":-123456789e400}}"#, .number),
        ] as [(String, DeadLetterReason)]) func `say what is wrong with the value`(
            value: String, reason: DeadLetterReason
        ) throws
    {
        try expect(reason, Self.bytes(Array(value.utf8)))
    }

    /// Outside texts there are four blanks; no other control character passes for one, or it would stand in a decision.
    @Test(arguments: [#"20"#, #""a""#, "{}", "[1]", #"{"a":1\#u{6}}"#, #"{"a":"b"\#u{6}}"#, #"[1\#u{0},2]"#])
    func `say that a control character is no blank`(value: String) throws {
        let isInside = value.utf8.contains { $0 < 0x20 }
        for byte in isInside ? [UInt8(ascii: " ")] : (0...0x1F).map(UInt8.init) {
            let event =
                Array(#"{"event":"order_completed","properties":{"items":"#.utf8) + Array(value.utf8) + [byte]
                + Array(#","total":20}}"#.utf8)
            if !isInside, [0x09, 0x0A, 0x0D].contains(byte) {
                #expect(try Self.outputs(Self.bytes(event)).allSatisfy { $0.topic == .decisions })
            } else {
                try expect(.notJSON, Self.bytes(event))
            }
        }
    }

    @Test func `say that the record is wrong`() throws {
        try expect(.tombstone, OracleRecord(7, at: Self.startMs, "ann", nil))
        try expect(.key, OracleRecord(7, at: Self.startMs, nil, Self.good))
        try expect(.key, OracleRecord(7, at: Self.startMs, "", Self.good))
        try expect(.key, OracleRecord(7, at: Self.startMs, "a\u{0}b", Self.good))
        try expect(.key, OracleRecord(7, at: Self.startMs, String(repeating: "k", count: 256), Self.good))
        try expect(.key, OracleRecord(offset: 7, timestamp: Self.startMs, key: [0xFF], value: Array(Self.good.utf8)))
        for timestamp in [-1, 0, 315_532_799_999, 4_102_444_800_000] as [Int64] {
            try expect(.timestampRange, OracleRecord(7, at: timestamp, "ann", Self.good))
        }
    }

    @Test func `say that there is too much of it`() throws {
        let filling = String(repeating: "x", count: 1 << 20)
        try expect(
            .tooLarge, Self.bytes(Array(#"{"event":"order_completed","properties":{"long":"\#(filling)"}}"#.utf8)))
        try expect(.depth, Self.bytes(Array(Self.nested(63).utf8)))
        try expect(.depth, Self.bytes(Array(Self.nested(100_000).utf8)))
        #expect(try Self.outputs(Self.bytes(Array(Self.nested(62).utf8))).count == 1, "64 levels are read")
    }

    @Test func `are made of what is no UTF-8, and of bare control characters`() throws {
        for bad in [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x00], [0x0A],
        ] as [[UInt8]] {
            let value =
                Array(#"{"event":"order_completed","properties":{"name":""#.utf8) + bad + Array(#"","total":20}}"#.utf8)
            try expect(.notJSON, Self.bytes(value))
        }
    }

    /// What looks odd and is none.
    @Test(arguments: [
        #"{"event":"order_completed","properties":{"total":1e308}}"#,
        #"{"event":"order_completed","properties":{"total":20},"x":"\u0000"}"#,
        #" {"event" : "order_completed" , "properties" : { "total" : 20.0 } } "#,
        #"{"event":"Order Completed","properties":{"revenue":20}}"#,
        #"{"event":"purchase","properties":{"value":20}}"#,
        #"{"event":"order_completed","properties":{"total":20,"x":1e999}}"#,
        #"{"type":"track","event":"order_completed","properties":{"total":20,"items":[{"id":"\ud83d\ude00"}]},"timestamp":null}"#,
        #"{"specversion":"1.0","type":"order_completed","data":{"total":20},"time":"2023-11-14T22:13:20Z"}"#,
    ]) func `are not made of what can be read`(value: String) throws {
        let outputs = try Self.outputs(Self.bytes(Array(value.utf8)))
        #expect(outputs.map(\.topic) == [.decisions, .decisions], "\(outputs.map(\.text))")
    }

    /// Whatever the bytes: a dead letter or not, and the next event is read.
    @Test func `survive noise`() throws {
        var random = Random(11)
        let alphabet = Array(#"{}[]":,\u0e1-.tfn "#.utf8) + [0, 0xC3, 0xA9, 0xFF]
        for _ in 0..<3_000 {
            var value = Array(Self.good.utf8)
            for _ in 0...random.below(4) {
                let place = random.below(value.count)
                switch random.below(3) {
                case 0: value[place] = alphabet[random.below(alphabet.count)]
                case 1: value.insert(alphabet[random.below(alphabet.count)], at: place)
                default: value.remove(at: place)
                }
            }
            #expect(try Self.outputs(Self.bytes(value)).last?.topic == .decisions)
        }
    }
}
