#if DEBUG
    import BeckonModel

    /// Not in a release build: a record that crashes the engine, for the tests of what becomes of such a one.
    extension PartitionEngine {
        /// Set before the first step of the process; empty: none does.
        public nonisolated(unsafe) static var crashesOn: [UInt8] = []

        static func plantedCrash(_ record: InputRecord) {
            guard !crashesOn.isEmpty, let value = record.value else { return }
            let bytes = UnsafeRawBufferPointer(start: value, count: Int(record.valueCount))
            for start in bytes.indices where bytes[start...].starts(with: crashesOn) { fatalError("a planted crash") }
        }
    }
#endif
