import BeckonKafka
import BeckonModel
import Foundation
import Testing

@testable import beckon

@Suite struct `beckon emit` {
    func line(_ text: String, key: String? = nil) throws(UserError) -> EventLine {
        try EventLine(Array(text.utf8), key: key, place: "The event", decoder: .ofEnvelopes())
    }

    func failure(_ text: String, key: String? = nil) -> String? {
        do throws(UserError) {
            _ = try line(text, key: key)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: [
        (#"{"userId":"ann","anonymousId":"x","event":"login"}"#, nil, "ann"),
        (#"{"anonymousId":"x","event":"login"}"#, "k", "x"), (#"{"userId":null,"event":"login"}"#, "k", "k"),
        (#"{"userId":"","type":"page"}"#, "k", "k"), (#"{"specversion":"1.0","type":"a.b"}"#, "k", "k"),
        (#"{"userId":"Ünal\n"}"#.replacing("\\n", with: "").replacing("}", with: #","event":"e"}"#), nil, "Ünal"),
    ])
    func `the key is the user, else the anonymous id, else what is given`(text: String, key: String?, expected: String)
        throws
    {
        #expect(try line(text, key: key).key == Array(expected.utf8))
    }

    @Test func `the value goes as it was given`() throws {
        let text = #"{ "event" : "login", "userId":"a", "properties":{"n":1.50} }"#
        #expect(try line("  \(text)\r\n").value == Array(text.utf8))
    }

    @Test(arguments: [
        ("[1]", "is not a JSON object"), (#"{"event":"x","userId":"a",}"#, "is not a JSON object"),
        (#"{"event":"x","userId":"a","properties":{"n":01}}"#, "is not a JSON object"),
        (#"{"userId":"a"}"#, "there is no event name"), (#"{"event":"","userId":"a"}"#, "there is no event name"),
        (#"{"event":7,"userId":"a"}"#, "a field has the wrong type"), (#"{"event":"x"}"#, "whose event is it?"),
        (#"{"event":"x","userId":7}"#, "userId must be a string"),
        (#"{"event":"x","userId":"a\u0000"}"#, "no control characters"),
        (#"{"event":"x","userId":"a","timestamp":"soon"}"#, "the timestamp is neither"),
    ])
    func `a wrong event is refused in words`(text: String, expected: String) {
        #expect(failure(text)?.contains(expected) == true, "\(failure(text) ?? "nothing")")
    }

    @Test func `events go to the partition of their key on the dev broker that runs`() throws {
        let cluster = try MockCluster(topics: ["events": 4])
        let folder = try TemporaryFolder()
        let run = DevRunFile(
            brokers: cluster.brokers, topic: "events", pid: getpid(), recordTimestampMs: 4_102_444_799_999)
        try run.write(to: folder.path + "/beckon-dev-\(getuid()).json")
        let environment = ["XDG_RUNTIME_DIR": folder.path]
        let one = try BeckonProcess.run(
            "emit", #"{"userId":"ann","event":"login"}"#, environment: environment)
        #expect(one.status == 0, "\(one.errors)")
        #expect(one.output == "1 event sent to events.\n")
        let many = try BeckonProcess.run(
            "emit", "-", input: "{\"userId\":\"bob\",\"event\":\"a\"}\n\n{\"userId\":\"cy\",\"event\":\"b\"}",
            environment: environment)
        #expect(many.output == "2 events sent to events.\n")
        let bad = try BeckonProcess.run(
            "emit", "-", input: "{\"userId\":\"bob\",\"event\":\"a\"}\nnonsense\n", environment: environment)
        #expect(bad.status == 2)
        #expect(bad.errors.hasPrefix("beckon: Line 2: is not a JSON object"))
        #expect(bad.errors.hasSuffix("The 1 events before it were sent.\n"))
        for key in ["ann", "bob", "cy"] {
            let partition = Array(key.utf8).withUnsafeBytes { KeyPartitioner.partition(ofKey: $0, count: 4) }
            let records = try Self.read(cluster.brokers, "events", partition)
            #expect(records.contains { $0.key == key && $0.timestampMs == 4_102_444_799_999 })
        }
    }

    @Test func `no broker and a missing topic are said in words`() throws {
        let folder = try TemporaryFolder()
        let nowhere = try BeckonProcess.run(
            "emit", #"{"userId":"ann","event":"login"}"#, environment: ["XDG_RUNTIME_DIR": folder.path])
        #expect(nowhere.status == 2)
        #expect(nowhere.errors.hasPrefix("beckon: Which Kafka? No `beckon dev` of yours is running"))
        let cluster = try MockCluster(topics: ["events": 1])
        let missing = try BeckonProcess.run(
            "emit", #"{"userId":"ann","event":"login"}"#, "--brokers", cluster.brokers, "--topic", "clicks")
        #expect(missing.status == 1)
        #expect(missing.errors == "beckon: The topic clicks does not exist on \(cluster.brokers).\n")
    }

    static func read(_ brokers: String, _ topic: String, _ partition: Int32) throws -> [(
        key: String, timestampMs: Int64
    )] {
        let reader = try KafkaConsumer(KafkaConfiguration(.reader(group: "read"), brokers: brokers))
        defer { reader.close() }
        try reader.assign([TopicPartitionOffset(topic, partition, offset: 0)])
        var records: [(String, Int64)] = []
        while true {
            let batch = try reader.consumeBatch(max: 100, timeoutMs: 20)
            for index in 0..<batch.count {
                if batch[index].isPartitionEnd { return records }
                guard let key = batch[index].key else { continue }
                records.append((String(decoding: key, as: UTF8.self), batch[index].timestampMs))
            }
        }
    }
}

@Suite struct `Byte lines` {
    @Test func `lines of any length below the bound, with and without a last end`() throws {
        let long = String(repeating: "x", count: 150_000)
        let pipe = Pipe()
        let text = "a\n\n\(long)\nlast"
        Thread.detachNewThread {
            try? pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? pipe.fileHandleForWriting.close()
        }
        var lines = ByteLines(pipe.fileHandleForReading, lineBytesMax: 200_000)
        var found: [String] = []
        while let line = try lines.next() { found.append(String(decoding: line, as: UTF8.self)) }
        #expect(found == ["a", "", long, "last"])
        #expect(lines.number == 4)
    }

    @Test func `a line beyond the bound is refused by its number`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("lines", "a\n" + String(repeating: "x", count: 100_000))
        var lines = ByteLines(try #require(FileHandle(forReadingAtPath: path)), lineBytesMax: 1_000)
        _ = try lines.next()
        let error = #expect(throws: UserError.self) { try lines.next() }
        #expect(error?.description == "Line 2: is longer than 1000 bytes.")
        try lines.skipLine()
        #expect(try lines.next() == nil)
    }

    @Test func `a line beyond the bound can be passed over`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("lines", String(repeating: "x", count: 300_000) + "\nb\n")
        var lines = ByteLines(try #require(FileHandle(forReadingAtPath: path)), lineBytesMax: 1_000)
        #expect(throws: UserError.self) { try lines.next() }
        try lines.skipLine()
        #expect(try lines.next() == Array("b".utf8))
        #expect(lines.number == 2)
    }
}
