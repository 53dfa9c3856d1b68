import BeckonWorker

/// What must be true of the topics, judged on what the cluster says.
struct TopicVerification {
    private let events: [String]
    private let own: BeckonTopics
    private let states: [String: TopicState]
    /// What keeps a worker from doing its work, or would lose something: sentences that begin with the topic.
    private(set) var problems: [String] = []
    /// What is allowed and should be known.
    private(set) var remarks: [String] = []

    init(events: [String], own: BeckonTopics, states: [String: TopicState]) {
        self.events = events
        self.own = own
        self.states = states
        checkPresence()
        checkPartitions()
        checkInputs()
        checkJournal()
        checkOutputs()
        checkSending()
        checkCompacted()
        checkCopies()
    }

    private var all: [String] { events + own.coPartitioned + own.sending + [own.environment] }

    private mutating func checkPresence() {
        // As many as the events' topics have; where there is none of them, somebody must say how many.
        let flags = events.contains { states[$0] != nil } ? "--create" : "--create --partitions N"
        for name in all where states[name] == nil { problems.append("\(name): does not exist; \(flags) makes it") }
        for name in all {
            guard let leaderless = states[name]?.description.leaderless, !leaderless.isEmpty else { continue }
            let numbers = leaderless.map(String.init).joined(separator: ", ")
            problems.append("\(name): has no leader for \(numbers); look at the brokers that hold these partitions")
        }
    }

    /// One person has the same partition number everywhere.
    private mutating func checkPartitions() {
        let names = events + own.coPartitioned + own.sending
        guard let first = names.first(where: { states[$0] != nil }), let count = partitionCount(first) else { return }
        for name in names {
            guard let other = partitionCount(name), other != count else { continue }
            problems.append(
                "\(name): has \(other) partitions, \(first) has \(count); one person must have the same partition number "
                    + "in all of them, so create it anew with \(count)")
        }
    }

    private func partitionCount(_ name: String) -> Int32? { states[name]?.description.partitionCount }

    private mutating func checkInputs() {
        for name in events where states[name]?.isCompacted == true {
            problems.append(
                "\(name): is compacted; events that are compacted away cannot be replayed: set cleanup.policy=delete")
        }
    }

    private mutating func checkJournal() {
        guard let journal = states[own.journal] else { return }
        if journal.isCompacted {
            problems.append("\(own.journal): is compacted; every step is needed: set cleanup.policy=delete")
        }
        if let bytes = journal.retentionBytes {
            problems.append(
                "\(own.journal): loses steps beyond \(bytes) bytes a partition, however young: set retention.bytes=-1")
        }
        guard journal.isDeleted, let journalMs = journal.retentionMs else { return }
        for name in events {
            guard let input = states[name], input.retentionMs.map({ $0 > journalMs }) ?? true else { continue }
            let inputWords = input.retentionMs.map(TopicState.words) ?? "for ever"
            problems.append(
                "\(own.journal): is kept \(TopicState.words(journalMs)) and \(name) \(inputWords); the journal must be "
                    + "kept at least as long as the events: set retention.ms=\(input.retentionMs ?? -1)")
        }
    }

    private mutating func checkOutputs() {
        for name in [own.decisions, own.suppressions, own.outcomes, own.deadLetters] {
            if states[name]?.isCompacted == true {
                problems.append(
                    "\(name): is compacted; a person's newer record would replace the older: set cleanup.policy=delete")
            }
        }
    }

    /// What the ledger has forgotten would be sent again.
    private mutating func checkSending() {
        for name in own.sending {
            guard let state = states[name] else { continue }
            if state.isCompacted {
                problems.append(
                    "\(name): is compacted; a decision's attempts and results are all needed: set cleanup.policy=delete"
                )
            }
            if let bytes = state.retentionBytes {
                problems.append(
                    "\(name): loses records beyond \(bytes) bytes a partition, however young: set retention.bytes=-1")
            }
            guard state.isDeleted, let keptMs = state.retentionMs, let decisions = states[own.decisions],
                decisions.retentionMs.map({ $0 > keptMs }) ?? true
            else { continue }
            let words = decisions.retentionMs.map(TopicState.words) ?? "for ever"
            problems.append(
                "\(name): is kept \(TopicState.words(keptMs)) and \(own.decisions) \(words); it must be kept at least as "
                    + "long: set retention.ms=\(decisions.retentionMs ?? -1)")
        }
    }

    private mutating func checkCompacted() {
        for (name, reason) in [
            (own.environment, "a replay needs rule sets of long ago"),
            (own.images, "a person who does not change for long must still be there"),
        ] {
            guard let state = states[name] else { continue }
            if !state.isCompacted {
                problems.append("\(name): is not compacted; \(reason): set cleanup.policy=compact")
            } else if state.isDeleted, state.retentionMs != nil {
                problems.append("\(name): is compacted and deleted too; \(reason): set cleanup.policy=compact")
            }
        }
    }

    private mutating func checkCopies() {
        let single = all.filter { states[$0]?.description.replicationFactor == 1 }
        if !single.isEmpty {
            let subject = single.count == all.count ? "All topics have" : single.joined(separator: ", ") + ":"
            remarks.append("\(subject) one copy: a lost disk loses what they hold.")
        }
    }
}
