import BeckonKafka
import BeckonModel
import Foundation
import Synchronization

/// Produces at a steady rate, one event in a hundred causing a decision that carries when it was produced, and measures
/// until a `read_committed` consumer sees it.
func measureLatency() throws {
    let rate = Int(option("rate", "20000"))!
    let seconds = Double(option("seconds", "20"))!
    let warmup = Double(option("warmup", "5"))!
    let partitions = Int32(option("partitions", "4"))!
    let brokers = option("brokers")
    let decisions = option("decisions")
    let latencies = Mutex<[Double]>([])
    let done = Mutex(false)
    let measuring = Mutex(false)
    let reader = Thread {
        do {
            let consumer = try KafkaConsumer(KafkaConfiguration(.reader(group: "latency"), brokers: brokers))
            let ends = try consumer.endOffsets(
                of: (0..<partitions).map { TopicPartition(decisions, $0) }, timeoutMs: 10_000)
            try consumer.assign(ends)
            while !done.withLock({ $0 }) {
                let batch = try consumer.consumeBatch(max: 100, timeoutMs: 1)
                let now = Date().timeIntervalSince1970 * 1000
                for index in 0..<batch.count {
                    guard !batch[index].isError, let value = batch[index].value else { continue }
                    guard let object = try? JSONSerialization.jsonObject(with: Data(value)) as? [String: Any],
                        let data = object["data"] as? [String: Any], let produced = data["produced"] as? Double
                    else { continue }
                    if measuring.withLock({ $0 }) { latencies.withLock { $0.append(now - produced) } }
                }
                batch.destroy()
            }
        } catch { FileHandle.standardError.write(Data("\(error)\n".utf8)) }
    }
    reader.start()

    let workload = ShopWorkload(peopleCount: 1_000_000, startMs: 0, stepMicroseconds: 1)
    let producer = try KafkaProducer(
        KafkaConfiguration(
            .plainProducer, brokers: brokers, clientProperties: ["compression.type": "lz4", "linger.ms": "5"]))
    let topic = try producer.topic(option("topic"))
    // Made beforehand: the producer shares two cores with what it measures.
    let prepared = (0..<20_000).map { index in
        let person = workload.person(index)
        let json = workload.event(index, person: person).replacing(#/"timestamp":"[^"]*",/#, with: "")
        return (key: Array(person.utf8), value: Array(json.utf8))
    }
    let started = Date()
    var sent = 0
    while true {
        let elapsed = Date().timeIntervalSince(started)
        if elapsed > seconds + warmup { break }
        if elapsed > warmup { measuring.withLock { $0 = true } }
        let due = Int(elapsed * Double(rate))
        while sent < due {
            let (key, event) = prepared[sent % prepared.count]
            let value = sent % 100 == 0 ? ping() : event
            try key.withUnsafeBytes { key in
                try value.withUnsafeBytes { value in
                    try producer.produce(
                        to: topic, partition: KeyPartitioner.partition(ofKey: key, count: partitions), key: key,
                        value: value)
                }
            }
            sent += 1
        }
        producer.poll()
        usleep(1_000)
    }
    Thread.sleep(forTimeInterval: 2)
    done.withLock { $0 = true }
    let sorted = latencies.withLock { $0.sorted() }
    guard !sorted.isEmpty else {
        print("{\"decisions\": 0}")
        exit(1)
    }
    func at(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] }
    print(
        "{\"rate\": \(Double(sent) / (seconds + warmup)), \"decisions\": \(sorted.count), \"p50Ms\": \(at(0.5)), \"p99Ms\": \(at(0.99)), \"maxMs\": \(sorted.last!)}"
    )
    fflush(nil)
    _exit(0)
}

/// An event of the same size that causes a decision which says when it was produced.
private func ping() -> [UInt8] {
    let now = Date().timeIntervalSince1970 * 1000
    let padding = String(repeating: "x", count: 340)
    return Array("{\"event\":\"ping\",\"properties\":{\"produced\":\(now),\"padding\":\"\(padding)\"}}".utf8)
}
