import BeckonModel

/// The transactional id that a record of ledger or retries names, whatever else it says.
package enum RecordOwner {
    /// nil: somebody else wrote it.
    package static func read(_ value: UnsafeRawBufferPointer) -> String? {
        try? RecordFields(value, depthMax: JSONValue.depthMax + 1).text("owner")
    }
}
