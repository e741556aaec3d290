/** A real ZooKeeper server inside a test, and the faults to try it with. */
@org.jspecify.annotations.NullMarked
package dev.belfry.testkit.zookeeper;
