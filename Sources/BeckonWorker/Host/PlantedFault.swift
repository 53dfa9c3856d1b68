import Synchronization

/// Faults that are not there: tests plant one to prove that the simulator's checks find it.
///
/// A debug build asks whether one is planted; in a release build none ever is, and the compiler leaves the branches out.
package enum PlantedFault: String, CaseIterable, Sendable {
    /// Offsets are not sent with the commit: the group's generation fences nobody.
    case noFence
    /// After a loss the partition is kept as if nothing had happened.
    case keptAfterLoss
    /// A partition that comes back is kept without a look at the journal.
    case keptUnproved
    /// A successor does not wait for what is under way in the journal.
    case noTakeoverWait
    /// Of a commit without an answer it is taken for granted that it is not on the log.
    case unknownIsLost
    /// Or that it is.
    case unknownIsDone
    /// What an ended transaction has left open is not aborted.
    case leftoversIgnored
    /// The commit goes without its journal record.
    case journalDropped
    /// The images' head says more than they hold.
    case headTooFar
    /// An image is not read.
    case imageSkipped
    /// The last step that a person in a checkpoint may have seen is taken to be the one before.
    case restoreOffByOne
    /// The cut-off of timers is not journalled.
    case noCutOff
    /// The end of a log is taken from the last fetch.
    case cachedEnd
    /// What an aborted commit held is not sent again.
    case abortedForgotten

    #if DEBUG
        private static let current = Mutex<PlantedFault?>(nil)

        package static var planted: PlantedFault? {
            get { current.withLock { $0 } }
            set { current.withLock { $0 = newValue } }
        }
    #endif

    /// Whether this is the one.
    var isPlanted: Bool {
        #if DEBUG
            Self.planted == self
        #else
            false
        #endif
    }
}
