import BeckonKafka
import BeckonModel
import CFloorReader
import Foundation

// The parts of scripts/bench that are programs: fill a topic, read it plainly, drive the latency measurement.

func option(_ name: String, _ fallback: String? = nil) -> String {
    let arguments = CommandLine.arguments
    if let place = arguments.firstIndex(of: "--" + name), place + 1 < arguments.count { return arguments[place + 1] }
    guard let fallback else {
        FileHandle.standardError.write(Data("--\(name) is missing\n".utf8))
        exit(2)
    }
    return fallback
}

switch CommandLine.arguments.dropFirst().first {
case "topics": try makeTopics()
case "fill": try fill()
case "floor": floorRead()
case "latency": try measureLatency()
case "decisions": try fillDecisions()
case "receive": try receive()
default:
    print("usage: beckon-bench topics|fill|floor|latency|decisions|receive --brokers LIST …; see scripts/bench")
    exit(2)
}

func makeTopics() throws {
    let admin = try KafkaAdmin(KafkaConfiguration(.admin, brokers: option("brokers")))
    let prefix = option("prefix")
    let partitions = Int32(option("partitions", "4"))!
    var topics = ["events", "decisions", "suppressions", "outcomes", "dead-letters", "journal", "ledger", "retries"].map
    {
        TopicSpecification(
            "\(prefix).\($0)", partitionCount: partitions, replicationFactor: 1, settings: ["retention.ms": "-1"])
    }
    for (name, count) in [("images", partitions), ("environment", 1)] {
        topics.append(
            TopicSpecification(
                "\(prefix).\(name)", partitionCount: count, replicationFactor: 1,
                settings: ["cleanup.policy": "compact"]))
    }
    try admin.createTopics(topics)
    Thread.sleep(forTimeInterval: 1)
}

func fill() throws {
    let count = Int(option("events"))!
    let partitions = Int32(option("partitions", "4"))!
    let workload = ShopWorkload(
        peopleCount: Int(option("people", "1000000"))!, startMs: Int64(Date().timeIntervalSince1970 * 1000) - 3_700_000,
        stepMicroseconds: Int64(3_600_000_000 / count))
    let producer = try KafkaProducer(
        KafkaConfiguration(
            .plainProducer, brokers: option("brokers"),
            clientProperties: ["compression.type": "lz4", "linger.ms": "50", "batch.size": "1000000"]))
    let topic = try producer.topic(option("topic"))
    var bytes = 0
    for index in 0..<count {
        var person = workload.person(index)
        var json = workload.event(index, person: person)
        try person.withUTF8 { key in
            try json.withUTF8 { value in
                bytes += value.count
                let key = UnsafeRawBufferPointer(key)
                try producer.produce(
                    to: topic, partition: KeyPartitioner.partition(ofKey: key, count: partitions), key: key,
                    value: UnsafeRawBufferPointer(value), timestampMs: workload.timestampMs(index))
            }
        }
        if index % 10_000 == 0 { producer.poll() }
    }
    try producer.awaitReports(deadlineMs: 120_000)
    print("{\"events\": \(count), \"meanBytes\": \(Double(bytes) / Double(count))}")
}

func floorRead() {
    var bytes: UInt64 = 0
    let started = Date()
    let count = beckon_floor_read(
        option("brokers"), option("topic"), Int32(option("partitions", "4"))!, Int64(option("events"))!, &bytes)
    let wall = Date().timeIntervalSince(started)
    print("{\"events\": \(count), \"bytes\": \(bytes), \"wallSeconds\": \(wall)}")
    // Closing is not reading.
    fflush(nil)
    _exit(count < 0 ? 1 : 0)
}
