import BeckonKafka
import Testing

@Suite struct `Key partitioner` {
    /// Hashes from Apache Kafka's own UtilsTest.testMurmur2.
    @Test(arguments: [
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ])
    func `agrees with Java's murmur2`(key: String, hash: Int32) {
        for count: Int32 in [1, 3, 12, 997] {
            let partition = Array(key.utf8).withUnsafeBytes { KeyPartitioner.partition(ofKey: $0, count: count) }
            #expect(partition == (hash & 0x7fff_ffff) % count)
        }
    }
}
