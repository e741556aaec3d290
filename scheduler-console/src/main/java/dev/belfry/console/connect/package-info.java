/** How a command reaches ZooKeeper: options, variables, identity, TLS. The same for the command line and the scripts. */
@org.jspecify.annotations.NullMarked
package dev.belfry.console.connect;
