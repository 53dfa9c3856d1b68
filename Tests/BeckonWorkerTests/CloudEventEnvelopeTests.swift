import Foundation
import KafkaFixture
import Testing

@testable import BeckonWorker

@Suite struct `CloudEvent envelope` {
    private func json(_ attributes: [(String, String)], _ data: String?) -> String {
        let texts = attributes.map { (name: $0.0, bytes: Array($0.1.utf8)) }
        let held = texts.map { text in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.bytes.count, alignment: 1)
            copy.copyBytes(from: text.bytes)
            return (name: text.name, value: UnsafeRawBufferPointer(copy) as UnsafeRawBufferPointer?)
        }
        defer { for text in held { text.value?.deallocate() } }
        guard let data else {
            return String(decoding: CloudEventEnvelope(attributes: held, data: nil).json, as: UTF8.self)
        }
        return Array(data.utf8).withUnsafeBytes {
            String(decoding: CloudEventEnvelope(attributes: held, data: $0).json, as: UTF8.self)
        }
    }

    @Test func `has the attributes as texts, then the data as it is`() {
        #expect(
            json([("specversion", "1.0"), ("type", "a\"b\\c\n")], #" {"x":"}{\"","y":{}} "#)
                == #"{"specversion":"1.0","type":"a\"b\\c\u000a","data": {"x":"}{\"","y":{}} }"#)
        #expect(json([("type", "a")], nil) == #"{"type":"a"}"#)
    }

    @Test(arguments: ["", "1", "[]", "text", "{", "{}}", #"{},"type":"b","x":{}"#, #"{"a":"}"#, "}{"])
    func `of data that is no object is no JSON`(_ data: String) {
        #expect(json([("type", "a")], data).hasPrefix("!{"))
    }
}

@Suite(.enabled(if: RealKafka.isAvailable), .tags(.kafka), .timeLimit(.minutes(2)))
struct `CloudEvents on a real Kafka` {
    @Test func `are read in binary mode, live and in a replay, and dead letters keep them`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        stage.configuration.stateDirectory = nil
        let rules = WorkerStage.rules(`Worker on a real Kafka`.rules)
        func emit(_ data: String) throws {
            try stage.emit(
                "ann", data,
                headers: [
                    ("ce_specversion", "1.0"), ("ce_type", "order_completed"), ("ce_source", "/shop"), ("ce_id", "1"),
                    ("ce_time", ISO8601DateFormatter().string(from: Date())), ("content-type", "application/json"),
                ])
        }
        let first = stage.worker(rules)
        try first.start()
        try emit(#"{"total":120}"#)
        try emit("not json")
        try stage.flush()
        #expect(try stage.await(stage.configuration.topics.deadLetters, count: 1).first?.hasSuffix("not json}") == true)
        first.stop()
        let second = stage.worker(rules)
        try second.start()
        defer { second.stop() }
        try emit(#"{"total":130}"#)
        try stage.flush()
        let both = try stage.await(stage.configuration.topics.decisions, count: 2)
        #expect(both.count == 2 && both[1].contains(#""data":{"total":130,"orders":2}"#), "\(both)")
        try stage.emit("ann", #"{"event":"order_completed","properties":{"total":140}}"#)
        try stage.flush()
        let decisions = try stage.await(stage.configuration.topics.decisions, count: 3)
        #expect(decisions.count == 3 && decisions[2].contains(#""data":{"total":140,"orders":3}"#), "\(decisions)")
    }
}
