/** Who the command line is to ZooKeeper, and whom it lets in. */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.access;
