/// What befalls the fleet.
extension World {
    private enum Incident: CaseIterable {
        case kill, powerLoss, newDisk, pause, cut, stop, fullDisk, clockJump, leave
    }

    func scheduleIncidents() {
        if plan.hasWrongClocks {
            scheduler.after(us: 0) { [self] in
                for machine in machines { machine.skewMs = Int64(random.number(below: 4_000)) - 2_000 }
            }
        }
        for _ in 0..<plan.incidentCount { scheduler.after(us: someMoment()) { [self] in happen() } }
    }

    /// Where something goes on: with an event, or soon after it.
    private func someMoment() -> Int64 {
        if plan.emissions.isEmpty || random.happens(percent: 20) {
            return random.microseconds(upTo: plan.lastEventUs + 20_000_000)
        }
        let event = plan.emissions[random.number(below: plan.emissions.count)]
        return event.atUs + random.microseconds(upTo: random.one(of: [20_000, 200_000, 3_000_000]))
    }

    private func happen() {
        if isHealed { return }
        let instance = random.number(below: plan.instanceCount)
        guard lives[instance] != nil, lives[instance]?.isStopping == false else { return }
        switch random.one(of: Incident.allCases) {
        case .kill:
            note("kill", instance)
            kill(instance)
            restart(instance, within: random.one(of: [0, 2_000_000, 30_000_000]))
        case .powerLoss:
            note("power loss", instance)
            kill(instance)
            machines[instance].files.losePower(&random)
            restart(instance, within: 30_000_000)
        case .newDisk:
            note("new disk", instance)
            kill(instance)
            machines[instance].files.removeAll()
            restart(instance, within: 30_000_000)
        case .pause:
            note("pause", instance)
            let us = random.microseconds(upTo: random.one(of: [2_000_000, 15_000_000, 90_000_000]))
            lives[instance]?.process.standsStillUntilUs = scheduler.nowUs + us
        case .cut:
            note("cut", instance)
            let us = random.microseconds(upTo: random.one(of: [1_000_000, 15_000_000, 40_000_000]))
            lives[instance]?.process.isCutUntilUs = scheduler.nowUs + us
        case .stop:
            note("stop", instance)
            lives[instance]?.stop()
        case .fullDisk:
            note("full disk", instance)
            let machine = machines[instance]
            machine.files.isFull = true
            scheduler.after(us: random.microseconds(upTo: 60_000_000)) { machine.files.isFull = false }
        case .clockJump:
            guard plan.hasWrongClocks else { return kill(instance, again: true) }
            note("clock jump", instance)
            machines[instance].skewMs += Int64(random.number(below: 240_000)) - 120_000
        case .leave:
            note("leave", instance)
            isWanted[instance] = false
            lives[instance]?.stop()
            scheduler.after(us: random.microseconds(upTo: 120_000_000)) { [self] in
                isWanted[instance] = true
                startIfDown(instance)
            }
        }
    }

    private func kill(_ instance: Int, again: Bool) {
        note("kill", instance)
        kill(instance)
        restart(instance, within: 1_000_000)
    }
}
