import BeckonEngine
import BeckonKafka
import BeckonModel
import BeckonService

/// A partition's images as they are on the log.
struct ImageLog {
    private let readers: LogReaders
    private let partition: Int32
    private var topic: TopicPartition { TopicPartition(readers.configuration.topics.images, partition) }

    init(_ readers: LogReaders, partition: Int32) {
        self.readers = readers
        self.partition = partition
    }

    /// How far the images go; nil where no head was ever written.
    func newestHead() throws(WorkerError) -> ImageHead? {
        var bytes: [UInt8]?
        do throws(KafkaError) {
            try readers.committed().readNewest(
                topic, where: { $0.key?.elementsEqual(ImageHead.key) ?? false }, { bytes = Array($0.value!) })
        } catch {
            throw WorkerError(.kafka, "looking for the head of \(topic): \(error)")
        }
        guard let bytes else { return nil }
        let head: Result<ImageHead, WorkerError> = bytes.withUnsafeBytes { bytes in
            Result { () throws(WorkerError) in try ImageHead(bytes) }
        }
        return try head.get()
    }

    /// An empty journal with images beside it has had an owner: their people are not to be mixed with others.
    func proveEmpty() throws(WorkerError) {
        var isEmpty = true
        do throws(KafkaError) {
            let reader = try readers.committed()
            let marks = try reader.watermarks(of: topic, timeoutMs: 30_000)
            if marks.end > marks.low { try reader.readFirst(topic, from: marks.low) { _ in isEmpty = false } }
        } catch {
            throw WorkerError(.kafka, "reading \(topic): \(error)")
        }
        if isEmpty { return }
        throw WorkerError(
            .images,
            "\(topic) holds people, and \(readers.configuration.topics.journal)-\(partition) is empty: their journal is gone. To begin with empty state, create both topics anew"
        )
    }

    struct Reading {
        /// The last step that any of the people has seen.
        var exactFromSeq: Int64 = 0
        /// The first image that cannot be read. It is passed over: where a newer one has taken its place, nothing is
        /// missing, and else the state's hash says so.
        var complaint: String?
    }

    /// Adds everybody to an engine that stands at the head.
    ///
    /// - Parameter told: called every few seconds with the number of images read.
    func read(into task: PartitionTask, while isWanted: () -> Bool, told: (Int) -> Void) throws(WorkerError) -> Reading
    {
        var reading = Reading()
        var scratch = ByteBuffer()
        var count = 0
        var toldAt = ContinuousClock.now
        do throws(KafkaError) {
            try readers.committed().readToEnd(topic, while: isWanted) { message in
                guard let key = message.key, let value = message.value,
                    !key.elementsEqual(ImageHead.key)
                else { return }
                do throws(PartitionEngine.Unusable) {
                    let version = try task.engine.restoreImage(id: key, value: value, &scratch)
                    reading.exactFromSeq = max(reading.exactFromSeq, version)
                } catch {
                    if reading.complaint == nil { reading.complaint = "\(topic)@\(message.offset): \(error)" }
                }
                count += 1
                if count % 4_096 == 0, ContinuousClock.now - toldAt > Self.progressInterval {
                    toldAt = .now
                    told(count)
                }
            }
        } catch {
            throw WorkerError(.kafka, "reading \(topic): \(error)")
        }
        return reading
    }

    private static let progressInterval = Duration.seconds(5)
}
