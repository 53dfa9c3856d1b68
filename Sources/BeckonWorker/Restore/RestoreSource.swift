/// Where a partition's people come from.
enum RestoreSource: String {
    /// The newest good file here.
    case checkpoint
    /// The topic of images.
    case images
    /// Nowhere: every step is replayed.
    case journal

    /// Whether another source may do better than one that failed so. Of a state that is not its owner's only images are
    /// thought to be the cause, because somebody may be missing there; anything else stops the partition.
    func mayBeReplaced(after error: WorkerError) -> Bool {
        switch error.code {
        case .checkpoint, .images, .inputsGone, .journal: true
        case .stateHash: self == .images
        default: false
        }
    }
}
