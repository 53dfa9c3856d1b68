import BeckonModel

/// Images: each person who has changed is written once more, the longest waiting first. With a head that says how far
/// everybody is written, they are a fuzzy checkpoint that never ends.
extension PartitionEngine {
    /// From now on notes who changes. Also everybody whose version lies beyond `seq`: nobody knows an image of that.
    public mutating func noteChanges(beyond seq: Int64) {
        imageQueue.isKept = true
        store.beginWalk()
        while noteNext(beyond: seq) {}
    }

    private mutating func noteNext(beyond seq: Int64) -> Bool {
        var found: [RecordPlace] = []
        let more = store.walkPlaces(count: 65_536) { place, record in
            if record.version > seq { found.append(place) }
        }
        for place in found {
            let record = store.record(place)
            imageQueue.add(record, store.hash(record.id))
        }
        return more
    }

    /// How many people were ever noted as changed, each once until her image was taken.
    public var changedCount: Int { imageQueue.addedCount }
    /// For how many of these the image was taken.
    public var imagedCount: Int { imageQueue.takenCount }

    /// Takes images as of the last step, until so many were ever taken or the batch has so many bytes.
    public mutating func takeImages(through count: Int, bytesMax: Int, into batch: inout ImageBatch) {
        while imageQueue.takenCount < count, batch.bytes.count < bytesMax, let hash = imageQueue.takeFirst() {
            store.visit(hash) { record in
                guard record.awaitsImage else { return }
                record.awaitsImage = false
                batch.append(record)
            }
        }
    }

    /// Adds a person as an image has her; of two for one person the newer counts.
    ///
    /// - Returns: her version, the last step that she has seen.
    public mutating func restoreImage(
        id: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, _ scratch: inout ByteBuffer
    ) throws(Unusable) -> Int64 {
        try PersonImage.read(id: id, value: value, into: &scratch)
        try restorePerson(idCount: id.count, scratch.buffer)
        return PersonRecord(scratch.start).load48(0)
    }
}
