import Foundation

/// The transactional id that a record of ledger or retries names, whatever else it says.
package enum RecordOwner {
    private struct Fields: Decodable { let owner: String }

    /// nil: somebody else wrote it.
    package static func read(_ value: UnsafeRawBufferPointer) -> String? {
        try? JSONDecoder().decode(Fields.self, from: Data(value)).owner
    }
}
