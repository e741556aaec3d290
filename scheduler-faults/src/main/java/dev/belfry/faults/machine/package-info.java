/** What the faults need of this machine: processes, network namespaces, preloaded shims. */
@org.jspecify.annotations.NullMarked
package dev.belfry.faults.machine;
