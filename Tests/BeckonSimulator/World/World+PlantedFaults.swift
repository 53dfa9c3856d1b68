import BeckonWorker

/// Faults in the worker itself, one at a time, to prove that the checks find them.
extension World {
    public static var faultNames: [String] { PlantedFault.allCases.map(\.rawValue) }

    /// - Parameter name: nil for none. False where there is no such fault.
    @discardableResult
    public static func plant(_ name: String?) -> Bool {
        guard let name else {
            PlantedFault.planted = nil
            return true
        }
        guard let fault = PlantedFault(rawValue: name) else { return false }
        PlantedFault.planted = fault
        return true
    }
}
