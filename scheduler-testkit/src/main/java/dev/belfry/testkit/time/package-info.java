/** Virtual time: the event queue of a simulation, the clocks of its machines and the processes that run on them. */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.time;
