import BeckonKafka
import BeckonModel
import Foundation
import WebhookReceiver

// The sender's part of scripts/bench: decisions to deliver, and the place where they arrive.

/// Writes decisions of `--channels`, in turn, for people of whom each comes ten times.
func fillDecisions() throws {
    let count = Int(option("count"))!
    let partitions = Int32(option("partitions", "4"))!
    let channels = option("channels").split(separator: ",")
    let producer = try KafkaProducer(KafkaConfiguration(.plainProducer, brokers: option("brokers")))
    let topic = try producer.topic(option("topic"))
    let nowMs = Int64(Date().timeIntervalSince1970 * 1_000)
    let (now, expiry) = (Timestamp.text(nowMs), Timestamp.text(nowMs + 3_600_000))
    for index in 0..<count {
        let hex = String(index, radix: 16)
        let id = String(repeating: "0", count: 32 - hex.count) + hex
        var person = "user-\(index % max(1, count / 10))"
        var json =
            #"{"type":"decision","id":"\#(id)","rule":"left-cart","version":"0123456789ab","person":"\#(person)","key":{},"#
            + #""cause":"timer","dueAt":"\#(now)","decidedAt":"\#(now)","eventAt":"\#(now)","expiresAt":"\#(expiry)","#
            + #""class":"marketing","channel":"\#(channels[index % channels.count])","#
            + #""data":{"cart_id":"c\#(index)","value":59.9},"reason":"Left a cart for 15 minutes","mode":"live"}"#
        try person.withUTF8 { key in
            try json.withUTF8 { value in
                let key = UnsafeRawBufferPointer(key)
                try producer.produce(
                    to: topic, partition: KeyPartitioner.partition(ofKey: key, count: partitions), key: key,
                    value: UnsafeRawBufferPointer(value))
            }
        }
    }
    try producer.awaitReports(deadlineMs: 120_000)
}

/// Answers every webhook with 200, on /slow after two seconds; says its port, and at the end of its input what came.
func receive() throws {
    let receiver = try Receiver { request, _ in
        request.path == "/slow" ? .slow(milliseconds: 2_000) : .status(200)
    }
    print(receiver.port)
    fflush(nil)
    _ = readLine()
    let requests = receiver.requests
    let fast = requests.filter { $0.path != "/slow" }.map(\.atMs)
    let seconds = Double((fast.max() ?? 0) - (fast.min() ?? 0)) / 1_000
    print(
        #"{"requests": \#(requests.count), "ids": \#(Set(requests.map(\.id)).count), "fast": \#(fast.count), "#
            + #""seconds": \#(seconds), "connections": \#(receiver.connectionCount)}"#)
    fflush(nil)
    _exit(0)
}
