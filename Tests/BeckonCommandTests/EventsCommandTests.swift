import BeckonKafka
import BeckonModel
import Foundation
import Testing

@testable import beckon

@Suite struct `beckon events` {
    static let lines = """
        {"userId":"ann","event":"Product Added","properties":{"price":60,"cart_id":"c1","tags":["a"],"gift":null}}

        {"userId":"ann","event":"add_to_cart","properties":{"price":"60","odd key":{"a":1},"no":true}}
        {"userId":"ann","type":"page","properties":{"path":"/"}}
        {"specversion":"1.0","type":"com.shop: order","data":{"total":5}}
        {"userId":"ben","event":"login"}
        {"userId":"ben","type":"identify","traits":{"plan":"pro","seats":5}}
        {"userId":"ben","type":"identify","traits":{"plan":null,"seats":"many"}}
        {"userId":"ben","type":"group","traits":{"name":"Acme"}}
        nonsense

        """
    static let declaration = """
        # 8 events
        events:
          add_to_cart:  # 2
            properties:
              cart_id: string
              gift: any
              "no": boolean
              "odd key": object
              price: any
              tags: array
          "com.shop: order":  # 1
            properties:
              total: number
          group:  # 1
            properties: {}
          identify:  # 2
            traits:
              plan: string
              seats: any
          login:  # 1
            properties: {}
          page_viewed:  # 1
            properties:
              path: string

        """

    @Test func `from a file or standard input, as check takes it`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("events.ndjson", Self.lines)
        let ending = try BeckonProcess.run("events", path)
        #expect(ending.status == 0)
        #expect(ending.output == Self.declaration)
        #expect(ending.errors == "beckon: 1 record could not be read.\n")
        #expect(try BeckonProcess.run("events", "-", input: Self.lines).output == Self.declaration)
        #expect(try BeckonProcess.run("events", path, "--count", "1").output.hasPrefix("# 1 event\n"))
        try folder.write("rules/events.yaml", ending.output)
        let rule = "id: r\nwhen: { event: page_viewed, where: properties.pth == \"/\" }\nsend: { channels: [push] }\n"
        let rules = try folder.write("rules/r.yaml", rule)
        let check = try BeckonProcess.run("check", folder.path + "/rules")
        #expect(
            check.output
                == "\(rules):2:47: `events` declares no property `pth` of `page_viewed`; did you mean `path`?\n")
        try folder.write("rules/r.yaml", rule.replacing("pth", with: "path"))
        #expect(try BeckonProcess.run("check", folder.path + "/rules").status == 0)
    }

    @Test func `from a topic, up to its end`() throws {
        let cluster = try MockCluster(topics: ["events": 3, "empty": 1])
        let producer = try KafkaProducer(KafkaConfiguration(.plainProducer, brokers: cluster.brokers))
        for (place, line) in Self.lines.split(separator: "\n").enumerated() {
            try Array(line.utf8).withUnsafeBytes {
                try producer.produce(to: producer.topic("events"), partition: Int32(place % 3), key: nil, value: $0)
            }
        }
        try producer.awaitReports()
        producer.close()
        let ending = try BeckonProcess.run("events", "events", "--brokers", cluster.brokers)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output == Self.declaration)
        let one = try BeckonProcess.run("events", "events", "--brokers", cluster.brokers, "--count", "1")
        #expect(one.output.hasPrefix("# 1 event\n"))
        let empty = try BeckonProcess.run("events", "empty", "--brokers", cluster.brokers)
        #expect(empty.status == 2)
        #expect(empty.errors == "beckon: There are no events in empty.\n")
    }

    @Test func `CloudEvents in binary mode have their name in a header`() throws {
        let cluster = try MockCluster(topics: ["events": 1])
        let producer = try KafkaProducer(KafkaConfiguration(.plainProducer, brokers: cluster.brokers))
        func produce(_ value: String, _ headers: (String, String)...) throws {
            try Array(value.utf8).withUnsafeBytes { bytes in
                try producer.produce(
                    to: producer.topic("events"), partition: 0, key: nil, value: value.isEmpty ? nil : bytes,
                    headers: headers.map { (name: $0.0, value: Array($0.1.utf8)) })
            }
        }
        let version = ("ce_specversion", "1.0")
        try produce(#"{"total":5}"#, version, ("ce_type", "order_completed"), ("ce_id", "1"), ("ce_source", "/shop"))
        try produce(#"{"price":6}"#, version, ("ce_type", "Product Added"), ("ce_id", "2"), ("ce_source", "/shop"))
        try produce("", version, ("ce_type", "login"), ("ce_id", "3"), ("ce_source", "/shop"))
        // What the worker cannot read is not learned from: data that is no object, and no type.
        try produce("[1]", version, ("ce_type", "listed"), ("ce_id", "4"), ("ce_source", "/shop"))
        try produce(#"{"event":"plain"}"#, version, ("ce_id", "5"), ("ce_source", "/shop"))
        // Beside plain ones.
        try produce(#"{"event":"login","properties":{"by":"link"}}"#)
        try producer.awaitReports()
        producer.close()
        let ending = try BeckonProcess.run("events", "events", "--brokers", cluster.brokers)
        #expect(
            ending.output == """
                # 4 events
                events:
                  add_to_cart:  # 1
                    properties:
                      price: number
                  login:  # 2
                    properties:
                      by: string
                  order_completed:  # 1
                    properties:
                      total: number

                """)
        #expect(ending.errors == "beckon: 2 records could not be read.\n")
    }

    @Test func `what cannot be read is said`() throws {
        let folder = try TemporaryFolder()
        let missing = try BeckonProcess.run("events", folder.path + "/none.ndjson")
        #expect(missing.status == 2)
        #expect(missing.errors == "beckon: There is no file \(folder.path)/none.ndjson.\n")
        #expect(try BeckonProcess.run("events", folder.path).errors.contains("is a folder; name a file of events"))
        let noise = try folder.write("noise.ndjson", "a\nb\n")
        let ending = try BeckonProcess.run("events", noise)
        #expect(ending.status == 2)
        #expect(ending.errors.hasPrefix("beckon: None of the 2 records in \(noise) is an event: "))
    }

    @Test func `however many kinds there are, memory is bounded`() {
        var inference = EventInference()
        for kind in 0..<EventInference.eventsMax + 5 {
            inference.add("e\(kind)", .object([]))
        }
        inference.add("e0", .object((0..<500).map { JSONMember(name: "p\($0)", value: .bool(true)) }))
        #expect(inference.events.count == EventInference.eventsMax)
        #expect(inference.leftOutCount == 5)
        #expect(inference.events[0].properties.count == EventInference.propertiesMax)
        let text = EventDeclarationText.text(of: inference)
        #expect(
            text.hasPrefix(
                "# 1006 events; 5 of them are not here: more than 1000 kinds, or names of more than 200 bytes\n"))
        #expect(text.contains("  e0:  # 2, and more properties than these\n"))
    }

    /// The decoder tells no names of events that nobody reads: here it is asked whether it would have known them.
    @Test(arguments: [
        #"{"event":"a b"}"#, #"{"type":"track","event":"x"}"#, #"{"type":"page","event":"x"}"#, #"{"type":"screen"}"#,
        #"{"type":"identify"}"#, #"{"type":"group","event":"y"}"#, #"{"type":"alias"}"#,
        #"{"type":"other","event":"z"}"#,
        #"{"specversion":"1.0","type":"page"}"#, #"{"specversion":"1.0","type":"a","event":"b"}"#,
        #"{"specversion":null,"type":"a","event":"b"}"#,
    ])
    func `names are those of the decoder`(text: String) throws {
        let json = try #require(JSONValue.read(text.utf8))
        let name = try #require(EventInference.event(in: json)?.name)
        let catalog = EventCatalog(names: [name], aliases: [], fields: [[]], slotCount: 0, readsChannel: false)
        let decoder = EventDecoder(catalog: catalog, indexer: JSONIndexerOwner())
        let event = withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { values in
            withUnsafeTemporaryAllocation(of: Bytes.self, capacity: 1) { texts in
                Array(text.utf8).withUnsafeBytes { bytes in
                    decoder.decode(
                        bytes.baseAddress, count: bytes.count, values: values.baseAddress!, texts: texts.baseAddress!
                    ).event
                }
            }
        }
        #expect(event == 0, "\(name)")
    }
}
