/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
"use strict";

var $protobuf = require("protobufjs/minimal");

// Common aliases
var $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
var $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
var $root = $protobuf.roots["mini_gem5"] || ($protobuf.roots["mini_gem5"] = {});

$root.mini_gem5 = (function() {

    /**
     * Namespace mini_gem5.
     * @exports mini_gem5
     * @namespace
     */
    var mini_gem5 = {};

    mini_gem5.CheckpointFile = (function() {

        /**
         * Properties of a CheckpointFile.
         * @typedef {Object} mini_gem5.CheckpointFile.$Properties
         * @property {Array.<mini_gem5.CheckpointRecord.$Properties>} [record] CheckpointFile record
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CheckpointFile.
         * @memberof mini_gem5
         * @interface ICheckpointFile
         * @augments mini_gem5.CheckpointFile.$Properties
         * @deprecated Use mini_gem5.CheckpointFile.$Properties instead.
         */

        /**
         * Shape of a CheckpointFile.
         * @typedef {{
         *   record?: Array.<mini_gem5.CheckpointRecord.$Shape>;
         *   $unknowns?: Array.<Uint8Array>;
         * }} mini_gem5.CheckpointFile.$Shape
         */

        /**
         * Constructs a new CheckpointFile.
         * @memberof mini_gem5
         * @classdesc Represents a CheckpointFile.
         * @constructor
         * @param {mini_gem5.CheckpointFile.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var CheckpointFile = function (properties) {
            this.record = [];
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CheckpointFile record.
         * @member {Array.<mini_gem5.CheckpointRecord>} record
         * @memberof mini_gem5.CheckpointFile
         * @instance
         */
        CheckpointFile.prototype.record = $util.emptyArray;

        /**
         * Creates a new CheckpointFile instance using the specified properties.
         * @function create
         * @memberof mini_gem5.CheckpointFile
         * @static
         * @param {mini_gem5.CheckpointFile.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.CheckpointFile} CheckpointFile instance
         * @type {{
         *   (properties: mini_gem5.CheckpointFile.$Shape): mini_gem5.CheckpointFile & mini_gem5.CheckpointFile.$Shape;
         *   (properties?: mini_gem5.CheckpointFile.$Properties): mini_gem5.CheckpointFile;
         * }}
         */
        CheckpointFile.create = function(properties) {
            return new CheckpointFile(properties);
        };

        /**
         * Encodes the specified CheckpointFile message. Does not implicitly {@link mini_gem5.CheckpointFile.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.CheckpointFile
         * @static
         * @param {mini_gem5.CheckpointFile.$Properties} message CheckpointFile message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CheckpointFile.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.record != null && message.record.length)
                for (var i = 0; i < message.record.length; ++i)
                    $root.mini_gem5.CheckpointRecord.encode(message.record[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CheckpointFile message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.CheckpointFile
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.CheckpointFile & mini_gem5.CheckpointFile.$Shape} CheckpointFile
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CheckpointFile.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.CheckpointFile();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.record && message.record.length))
                            message.record = [];
                        message.record.push($root.mini_gem5.CheckpointRecord.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CheckpointFile;
    })();

    mini_gem5.CheckpointRecord = (function() {

        /**
         * Properties of a CheckpointRecord.
         * @typedef {Object} mini_gem5.CheckpointRecord.$Properties
         * @property {number|Long} [checksum] CheckpointRecord checksum
         * @property {mini_gem5.CheckpointHeader.$Properties|null} [header] CheckpointRecord header
         * @property {mini_gem5.Configuration.$Properties|null} [configuration] CheckpointRecord configuration
         * @property {mini_gem5.Section.$Properties|null} [section] CheckpointRecord section
         * @property {mini_gem5.ImageReference.$Properties|null} [image] CheckpointRecord image
         * @property {mini_gem5.CheckpointEnd.$Properties|null} [end] CheckpointRecord end
         * @property {"header"|"configuration"|"section"|"image"|"end"} [body] CheckpointRecord body
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CheckpointRecord.
         * @memberof mini_gem5
         * @interface ICheckpointRecord
         * @augments mini_gem5.CheckpointRecord.$Properties
         * @deprecated Use mini_gem5.CheckpointRecord.$Properties instead.
         */

        /**
         * Narrowed shape of a CheckpointRecord.
         * @typedef {{
         *   checksum?: number|Long;
         *   header?: mini_gem5.CheckpointHeader.$Shape|null;
         *   configuration?: mini_gem5.Configuration.$Shape|null;
         *   section?: mini_gem5.Section.$Shape|null;
         *   image?: mini_gem5.ImageReference.$Shape|null;
         *   end?: mini_gem5.CheckpointEnd.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ body?: undefined; header?: null; configuration?: null; section?: null; image?: null; end?: null }|{ body?: "header"; header: mini_gem5.CheckpointHeader.$Shape; configuration?: null; section?: null; image?: null; end?: null }|{ body?: "configuration"; header?: null; configuration: mini_gem5.Configuration.$Shape; section?: null; image?: null; end?: null }|{ body?: "section"; header?: null; configuration?: null; section: mini_gem5.Section.$Shape; image?: null; end?: null }|{ body?: "image"; header?: null; configuration?: null; section?: null; image: mini_gem5.ImageReference.$Shape; end?: null }|{ body?: "end"; header?: null; configuration?: null; section?: null; image?: null; end: mini_gem5.CheckpointEnd.$Shape })
         * )} mini_gem5.CheckpointRecord.$Shape
         */

        /**
         * Constructs a new CheckpointRecord.
         * @memberof mini_gem5
         * @classdesc Represents a CheckpointRecord.
         * @constructor
         * @param {mini_gem5.CheckpointRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var CheckpointRecord = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CheckpointRecord checksum.
         * @member {number|Long} checksum
         * @memberof mini_gem5.CheckpointRecord
         * @instance
         */
        CheckpointRecord.prototype.checksum = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * CheckpointRecord header.
         * @member {mini_gem5.CheckpointHeader|null} header
         * @memberof mini_gem5.CheckpointRecord
         * @instance
         */
        CheckpointRecord.prototype.header = null;

        /**
         * CheckpointRecord configuration.
         * @member {mini_gem5.Configuration|null} configuration
         * @memberof mini_gem5.CheckpointRecord
         * @instance
         */
        CheckpointRecord.prototype.configuration = null;

        /**
         * CheckpointRecord section.
         * @member {mini_gem5.Section|null} section
         * @memberof mini_gem5.CheckpointRecord
         * @instance
         */
        CheckpointRecord.prototype.section = null;

        /**
         * CheckpointRecord image.
         * @member {mini_gem5.ImageReference|null} image
         * @memberof mini_gem5.CheckpointRecord
         * @instance
         */
        CheckpointRecord.prototype.image = null;

        /**
         * CheckpointRecord end.
         * @member {mini_gem5.CheckpointEnd|null} end
         * @memberof mini_gem5.CheckpointRecord
         * @instance
         */
        CheckpointRecord.prototype.end = null;

        // OneOf field names bound to virtual getters and setters
        var $oneOfFields;

        /**
         * CheckpointRecord body.
         * @member {"header"|"configuration"|"section"|"image"|"end"|undefined} body
         * @memberof mini_gem5.CheckpointRecord
         * @instance
         */
        $Object.defineProperty(CheckpointRecord.prototype, "body", {
            get: $util.oneOfGetter($oneOfFields = ["header", "configuration", "section", "image", "end"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new CheckpointRecord instance using the specified properties.
         * @function create
         * @memberof mini_gem5.CheckpointRecord
         * @static
         * @param {mini_gem5.CheckpointRecord.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.CheckpointRecord} CheckpointRecord instance
         * @type {{
         *   (properties: mini_gem5.CheckpointRecord.$Shape): mini_gem5.CheckpointRecord & mini_gem5.CheckpointRecord.$Shape;
         *   (properties?: mini_gem5.CheckpointRecord.$Properties): mini_gem5.CheckpointRecord;
         * }}
         */
        CheckpointRecord.create = function(properties) {
            return new CheckpointRecord(properties);
        };

        /**
         * Encodes the specified CheckpointRecord message. Does not implicitly {@link mini_gem5.CheckpointRecord.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.CheckpointRecord
         * @static
         * @param {mini_gem5.CheckpointRecord.$Properties} message CheckpointRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CheckpointRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.checksum != null && $Object.hasOwnProperty.call(message, "checksum") && (typeof message.checksum === "object" ? message.checksum.low || message.checksum.high : message.checksum !== 0))
                writer.uint32(/* id 1, wireType 1 =*/9).fixed64(message.checksum);
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.mini_gem5.CheckpointHeader.encode(message.header, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.configuration != null && $Object.hasOwnProperty.call(message, "configuration"))
                $root.mini_gem5.Configuration.encode(message.configuration, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.section != null && $Object.hasOwnProperty.call(message, "section"))
                $root.mini_gem5.Section.encode(message.section, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.image != null && $Object.hasOwnProperty.call(message, "image"))
                $root.mini_gem5.ImageReference.encode(message.image, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.end != null && $Object.hasOwnProperty.call(message, "end"))
                $root.mini_gem5.CheckpointEnd.encode(message.end, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CheckpointRecord message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.CheckpointRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.CheckpointRecord & mini_gem5.CheckpointRecord.$Shape} CheckpointRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CheckpointRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.CheckpointRecord();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.checksum = value;
                        else
                            delete message.checksum;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.mini_gem5.CheckpointHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        message.body = "header";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.configuration = $root.mini_gem5.Configuration.decode(reader, reader.size(), $undefined, _depth + 1, message.configuration);
                        message.body = "configuration";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.section = $root.mini_gem5.Section.decode(reader, reader.size(), $undefined, _depth + 1, message.section);
                        message.body = "section";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.image = $root.mini_gem5.ImageReference.decode(reader, reader.size(), $undefined, _depth + 1, message.image);
                        message.body = "image";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.end = $root.mini_gem5.CheckpointEnd.decode(reader, reader.size(), $undefined, _depth + 1, message.end);
                        message.body = "end";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CheckpointRecord;
    })();

    mini_gem5.CheckpointHeader = (function() {

        /**
         * Properties of a CheckpointHeader.
         * @typedef {Object} mini_gem5.CheckpointHeader.$Properties
         * @property {number} [formatVersion] CheckpointHeader formatVersion
         * @property {string} [producer] CheckpointHeader producer
         * @property {number|Long} [tick] CheckpointHeader tick
         * @property {number|Long} [ticksPerSecond] CheckpointHeader ticksPerSecond
         * @property {mini_gem5.ParentReference.$Properties|null} [parent] CheckpointHeader parent
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CheckpointHeader.
         * @memberof mini_gem5
         * @interface ICheckpointHeader
         * @augments mini_gem5.CheckpointHeader.$Properties
         * @deprecated Use mini_gem5.CheckpointHeader.$Properties instead.
         */

        /**
         * Shape of a CheckpointHeader.
         * @typedef {mini_gem5.CheckpointHeader.$Properties} mini_gem5.CheckpointHeader.$Shape
         */

        /**
         * Constructs a new CheckpointHeader.
         * @memberof mini_gem5
         * @classdesc Represents a CheckpointHeader.
         * @constructor
         * @param {mini_gem5.CheckpointHeader.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var CheckpointHeader = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CheckpointHeader formatVersion.
         * @member {number} formatVersion
         * @memberof mini_gem5.CheckpointHeader
         * @instance
         */
        CheckpointHeader.prototype.formatVersion = 0;

        /**
         * CheckpointHeader producer.
         * @member {string} producer
         * @memberof mini_gem5.CheckpointHeader
         * @instance
         */
        CheckpointHeader.prototype.producer = "";

        /**
         * CheckpointHeader tick.
         * @member {number|Long} tick
         * @memberof mini_gem5.CheckpointHeader
         * @instance
         */
        CheckpointHeader.prototype.tick = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * CheckpointHeader ticksPerSecond.
         * @member {number|Long} ticksPerSecond
         * @memberof mini_gem5.CheckpointHeader
         * @instance
         */
        CheckpointHeader.prototype.ticksPerSecond = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * CheckpointHeader parent.
         * @member {mini_gem5.ParentReference|null} parent
         * @memberof mini_gem5.CheckpointHeader
         * @instance
         */
        CheckpointHeader.prototype.parent = null;

        // OneOf field names bound to virtual getters and setters
        var $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(CheckpointHeader.prototype, "_parent", {
            get: $util.oneOfGetter($oneOfFields = ["parent"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new CheckpointHeader instance using the specified properties.
         * @function create
         * @memberof mini_gem5.CheckpointHeader
         * @static
         * @param {mini_gem5.CheckpointHeader.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.CheckpointHeader} CheckpointHeader instance
         * @type {{
         *   (properties: mini_gem5.CheckpointHeader.$Shape): mini_gem5.CheckpointHeader & mini_gem5.CheckpointHeader.$Shape;
         *   (properties?: mini_gem5.CheckpointHeader.$Properties): mini_gem5.CheckpointHeader;
         * }}
         */
        CheckpointHeader.create = function(properties) {
            return new CheckpointHeader(properties);
        };

        /**
         * Encodes the specified CheckpointHeader message. Does not implicitly {@link mini_gem5.CheckpointHeader.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.CheckpointHeader
         * @static
         * @param {mini_gem5.CheckpointHeader.$Properties} message CheckpointHeader message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CheckpointHeader.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.formatVersion != null && $Object.hasOwnProperty.call(message, "formatVersion") && message.formatVersion !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.formatVersion);
            if (message.producer != null && $Object.hasOwnProperty.call(message, "producer") && message.producer !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.producer);
            if (message.tick != null && $Object.hasOwnProperty.call(message, "tick") && (typeof message.tick === "object" ? message.tick.low || message.tick.high : message.tick !== 0))
                writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.tick);
            if (message.ticksPerSecond != null && $Object.hasOwnProperty.call(message, "ticksPerSecond") && (typeof message.ticksPerSecond === "object" ? message.ticksPerSecond.low || message.ticksPerSecond.high : message.ticksPerSecond !== 0))
                writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.ticksPerSecond);
            if (message.parent != null && $Object.hasOwnProperty.call(message, "parent"))
                $root.mini_gem5.ParentReference.encode(message.parent, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CheckpointHeader message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.CheckpointHeader
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.CheckpointHeader & mini_gem5.CheckpointHeader.$Shape} CheckpointHeader
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CheckpointHeader.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.CheckpointHeader();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.formatVersion = value;
                        else
                            delete message.formatVersion;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.producer = value;
                        else
                            delete message.producer;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.tick = value;
                        else
                            delete message.tick;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.ticksPerSecond = value;
                        else
                            delete message.ticksPerSecond;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.parent = $root.mini_gem5.ParentReference.decode(reader, reader.size(), $undefined, _depth + 1, message.parent);
                        message._parent = "parent";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CheckpointHeader;
    })();

    mini_gem5.ParentReference = (function() {

        /**
         * Properties of a ParentReference.
         * @typedef {Object} mini_gem5.ParentReference.$Properties
         * @property {string} [path] ParentReference path
         * @property {number|Long} [digest] ParentReference digest
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a ParentReference.
         * @memberof mini_gem5
         * @interface IParentReference
         * @augments mini_gem5.ParentReference.$Properties
         * @deprecated Use mini_gem5.ParentReference.$Properties instead.
         */

        /**
         * Shape of a ParentReference.
         * @typedef {mini_gem5.ParentReference.$Properties} mini_gem5.ParentReference.$Shape
         */

        /**
         * Constructs a new ParentReference.
         * @memberof mini_gem5
         * @classdesc Represents a ParentReference.
         * @constructor
         * @param {mini_gem5.ParentReference.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var ParentReference = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ParentReference path.
         * @member {string} path
         * @memberof mini_gem5.ParentReference
         * @instance
         */
        ParentReference.prototype.path = "";

        /**
         * ParentReference digest.
         * @member {number|Long} digest
         * @memberof mini_gem5.ParentReference
         * @instance
         */
        ParentReference.prototype.digest = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new ParentReference instance using the specified properties.
         * @function create
         * @memberof mini_gem5.ParentReference
         * @static
         * @param {mini_gem5.ParentReference.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.ParentReference} ParentReference instance
         * @type {{
         *   (properties: mini_gem5.ParentReference.$Shape): mini_gem5.ParentReference & mini_gem5.ParentReference.$Shape;
         *   (properties?: mini_gem5.ParentReference.$Properties): mini_gem5.ParentReference;
         * }}
         */
        ParentReference.create = function(properties) {
            return new ParentReference(properties);
        };

        /**
         * Encodes the specified ParentReference message. Does not implicitly {@link mini_gem5.ParentReference.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.ParentReference
         * @static
         * @param {mini_gem5.ParentReference.$Properties} message ParentReference message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ParentReference.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.path != null && $Object.hasOwnProperty.call(message, "path") && message.path !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.path);
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && (typeof message.digest === "object" ? message.digest.low || message.digest.high : message.digest !== 0))
                writer.uint32(/* id 2, wireType 1 =*/17).fixed64(message.digest);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a ParentReference message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.ParentReference
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.ParentReference & mini_gem5.ParentReference.$Shape} ParentReference
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ParentReference.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.ParentReference();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.path = value;
                        else
                            delete message.path;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ParentReference;
    })();

    mini_gem5.Configuration = (function() {

        /**
         * Properties of a Configuration.
         * @typedef {Object} mini_gem5.Configuration.$Properties
         * @property {string} [json] Configuration json
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Configuration.
         * @memberof mini_gem5
         * @interface IConfiguration
         * @augments mini_gem5.Configuration.$Properties
         * @deprecated Use mini_gem5.Configuration.$Properties instead.
         */

        /**
         * Shape of a Configuration.
         * @typedef {mini_gem5.Configuration.$Properties} mini_gem5.Configuration.$Shape
         */

        /**
         * Constructs a new Configuration.
         * @memberof mini_gem5
         * @classdesc Represents a Configuration.
         * @constructor
         * @param {mini_gem5.Configuration.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var Configuration = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Configuration json.
         * @member {string} json
         * @memberof mini_gem5.Configuration
         * @instance
         */
        Configuration.prototype.json = "";

        /**
         * Creates a new Configuration instance using the specified properties.
         * @function create
         * @memberof mini_gem5.Configuration
         * @static
         * @param {mini_gem5.Configuration.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.Configuration} Configuration instance
         * @type {{
         *   (properties: mini_gem5.Configuration.$Shape): mini_gem5.Configuration & mini_gem5.Configuration.$Shape;
         *   (properties?: mini_gem5.Configuration.$Properties): mini_gem5.Configuration;
         * }}
         */
        Configuration.create = function(properties) {
            return new Configuration(properties);
        };

        /**
         * Encodes the specified Configuration message. Does not implicitly {@link mini_gem5.Configuration.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.Configuration
         * @static
         * @param {mini_gem5.Configuration.$Properties} message Configuration message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Configuration.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.json != null && $Object.hasOwnProperty.call(message, "json") && message.json !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.json);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Configuration message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.Configuration
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.Configuration & mini_gem5.Configuration.$Shape} Configuration
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Configuration.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.Configuration();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.json = value;
                        else
                            delete message.json;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Configuration;
    })();

    mini_gem5.Section = (function() {

        /**
         * Properties of a Section.
         * @typedef {Object} mini_gem5.Section.$Properties
         * @property {string} [name] Section name
         * @property {number} [version] Section version
         * @property {Array.<mini_gem5.Entry.$Properties>} [entry] Section entry
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Section.
         * @memberof mini_gem5
         * @interface ISection
         * @augments mini_gem5.Section.$Properties
         * @deprecated Use mini_gem5.Section.$Properties instead.
         */

        /**
         * Shape of a Section.
         * @typedef {{
         *   name?: string;
         *   version?: number;
         *   entry?: Array.<mini_gem5.Entry.$Shape>;
         *   $unknowns?: Array.<Uint8Array>;
         * }} mini_gem5.Section.$Shape
         */

        /**
         * Constructs a new Section.
         * @memberof mini_gem5
         * @classdesc Represents a Section.
         * @constructor
         * @param {mini_gem5.Section.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var Section = function (properties) {
            this.entry = [];
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Section name.
         * @member {string} name
         * @memberof mini_gem5.Section
         * @instance
         */
        Section.prototype.name = "";

        /**
         * Section version.
         * @member {number} version
         * @memberof mini_gem5.Section
         * @instance
         */
        Section.prototype.version = 0;

        /**
         * Section entry.
         * @member {Array.<mini_gem5.Entry>} entry
         * @memberof mini_gem5.Section
         * @instance
         */
        Section.prototype.entry = $util.emptyArray;

        /**
         * Creates a new Section instance using the specified properties.
         * @function create
         * @memberof mini_gem5.Section
         * @static
         * @param {mini_gem5.Section.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.Section} Section instance
         * @type {{
         *   (properties: mini_gem5.Section.$Shape): mini_gem5.Section & mini_gem5.Section.$Shape;
         *   (properties?: mini_gem5.Section.$Properties): mini_gem5.Section;
         * }}
         */
        Section.create = function(properties) {
            return new Section(properties);
        };

        /**
         * Encodes the specified Section message. Does not implicitly {@link mini_gem5.Section.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.Section
         * @static
         * @param {mini_gem5.Section.$Properties} message Section message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Section.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.version);
            if (message.entry != null && message.entry.length)
                for (var i = 0; i < message.entry.length; ++i)
                    $root.mini_gem5.Entry.encode(message.entry[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Section message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.Section
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.Section & mini_gem5.Section.$Shape} Section
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Section.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.Section();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.entry && message.entry.length))
                            message.entry = [];
                        message.entry.push($root.mini_gem5.Entry.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Section;
    })();

    mini_gem5.Entry = (function() {

        /**
         * Properties of an Entry.
         * @typedef {Object} mini_gem5.Entry.$Properties
         * @property {string} [key] Entry key
         * @property {boolean|null} [boolean] Entry boolean
         * @property {number|Long|null} [integer] Entry integer
         * @property {number|null} [real] Entry real
         * @property {number|Long|null} [word] Entry word
         * @property {string|null} [text] Entry text
         * @property {Uint8Array|null} [data] Entry data
         * @property {mini_gem5.IntegerList.$Properties|null} [integers] Entry integers
         * @property {mini_gem5.RealList.$Properties|null} [reals] Entry reals
         * @property {mini_gem5.WordList.$Properties|null} [words] Entry words
         * @property {mini_gem5.TextList.$Properties|null} [texts] Entry texts
         * @property {"boolean"|"integer"|"real"|"word"|"text"|"data"|"integers"|"reals"|"words"|"texts"} [value] Entry value
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Entry.
         * @memberof mini_gem5
         * @interface IEntry
         * @augments mini_gem5.Entry.$Properties
         * @deprecated Use mini_gem5.Entry.$Properties instead.
         */

        /**
         * Narrowed shape of an Entry.
         * @typedef {{
         *   key?: string;
         *   boolean?: boolean|null;
         *   integer?: number|Long|null;
         *   real?: number|null;
         *   word?: number|Long|null;
         *   text?: string|null;
         *   data?: Uint8Array|null;
         *   integers?: mini_gem5.IntegerList.$Shape|null;
         *   reals?: mini_gem5.RealList.$Shape|null;
         *   words?: mini_gem5.WordList.$Shape|null;
         *   texts?: mini_gem5.TextList.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ value?: undefined; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "boolean"; boolean: boolean; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "integer"; boolean?: null; integer: number|Long; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "real"; boolean?: null; integer?: null; real: number; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "word"; boolean?: null; integer?: null; real?: null; word: number|Long; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "text"; boolean?: null; integer?: null; real?: null; word?: null; text: string; data?: null; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "data"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data: Uint8Array; integers?: null; reals?: null; words?: null; texts?: null }|{ value?: "integers"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers: mini_gem5.IntegerList.$Shape; reals?: null; words?: null; texts?: null }|{ value?: "reals"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals: mini_gem5.RealList.$Shape; words?: null; texts?: null }|{ value?: "words"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words: mini_gem5.WordList.$Shape; texts?: null }|{ value?: "texts"; boolean?: null; integer?: null; real?: null; word?: null; text?: null; data?: null; integers?: null; reals?: null; words?: null; texts: mini_gem5.TextList.$Shape })
         * )} mini_gem5.Entry.$Shape
         */

        /**
         * Constructs a new Entry.
         * @memberof mini_gem5
         * @classdesc Represents an Entry.
         * @constructor
         * @param {mini_gem5.Entry.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var Entry = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Entry key.
         * @member {string} key
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.key = "";

        /**
         * Entry boolean.
         * @member {boolean|null} boolean
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.boolean = null;

        /**
         * Entry integer.
         * @member {number|Long|null} integer
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.integer = null;

        /**
         * Entry real.
         * @member {number|null} real
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.real = null;

        /**
         * Entry word.
         * @member {number|Long|null} word
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.word = null;

        /**
         * Entry text.
         * @member {string|null} text
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.text = null;

        /**
         * Entry data.
         * @member {Uint8Array|null} data
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.data = null;

        /**
         * Entry integers.
         * @member {mini_gem5.IntegerList|null} integers
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.integers = null;

        /**
         * Entry reals.
         * @member {mini_gem5.RealList|null} reals
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.reals = null;

        /**
         * Entry words.
         * @member {mini_gem5.WordList|null} words
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.words = null;

        /**
         * Entry texts.
         * @member {mini_gem5.TextList|null} texts
         * @memberof mini_gem5.Entry
         * @instance
         */
        Entry.prototype.texts = null;

        // OneOf field names bound to virtual getters and setters
        var $oneOfFields;

        /**
         * Entry value.
         * @member {"boolean"|"integer"|"real"|"word"|"text"|"data"|"integers"|"reals"|"words"|"texts"|undefined} value
         * @memberof mini_gem5.Entry
         * @instance
         */
        $Object.defineProperty(Entry.prototype, "value", {
            get: $util.oneOfGetter($oneOfFields = ["boolean", "integer", "real", "word", "text", "data", "integers", "reals", "words", "texts"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new Entry instance using the specified properties.
         * @function create
         * @memberof mini_gem5.Entry
         * @static
         * @param {mini_gem5.Entry.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.Entry} Entry instance
         * @type {{
         *   (properties: mini_gem5.Entry.$Shape): mini_gem5.Entry & mini_gem5.Entry.$Shape;
         *   (properties?: mini_gem5.Entry.$Properties): mini_gem5.Entry;
         * }}
         */
        Entry.create = function(properties) {
            return new Entry(properties);
        };

        /**
         * Encodes the specified Entry message. Does not implicitly {@link mini_gem5.Entry.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.Entry
         * @static
         * @param {mini_gem5.Entry.$Properties} message Entry message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Entry.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.key);
            if (message.boolean != null && $Object.hasOwnProperty.call(message, "boolean"))
                writer.uint32(/* id 2, wireType 0 =*/16).bool(message.boolean);
            if (message.integer != null && $Object.hasOwnProperty.call(message, "integer"))
                writer.uint32(/* id 3, wireType 0 =*/24).sint64(message.integer);
            if (message.real != null && $Object.hasOwnProperty.call(message, "real"))
                writer.uint32(/* id 4, wireType 1 =*/33).double(message.real);
            if (message.word != null && $Object.hasOwnProperty.call(message, "word"))
                writer.uint32(/* id 5, wireType 1 =*/41).fixed64(message.word);
            if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.text);
            if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.data);
            if (message.integers != null && $Object.hasOwnProperty.call(message, "integers"))
                $root.mini_gem5.IntegerList.encode(message.integers, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
            if (message.reals != null && $Object.hasOwnProperty.call(message, "reals"))
                $root.mini_gem5.RealList.encode(message.reals, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
            if (message.words != null && $Object.hasOwnProperty.call(message, "words"))
                $root.mini_gem5.WordList.encode(message.words, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
            if (message.texts != null && $Object.hasOwnProperty.call(message, "texts"))
                $root.mini_gem5.TextList.encode(message.texts, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Entry message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.Entry
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.Entry & mini_gem5.Entry.$Shape} Entry
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Entry.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.Entry();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        message.boolean = reader.bool();
                        message.value = "boolean";
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        message.integer = reader.sint64();
                        message.value = "integer";
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        message.real = reader.double();
                        message.value = "real";
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        message.word = reader.fixed64();
                        message.value = "word";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.text = reader.stringVerify();
                        message.value = "text";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.data = reader.bytes();
                        message.value = "data";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.integers = $root.mini_gem5.IntegerList.decode(reader, reader.size(), $undefined, _depth + 1, message.integers);
                        message.value = "integers";
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        message.reals = $root.mini_gem5.RealList.decode(reader, reader.size(), $undefined, _depth + 1, message.reals);
                        message.value = "reals";
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.words = $root.mini_gem5.WordList.decode(reader, reader.size(), $undefined, _depth + 1, message.words);
                        message.value = "words";
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        message.texts = $root.mini_gem5.TextList.decode(reader, reader.size(), $undefined, _depth + 1, message.texts);
                        message.value = "texts";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return Entry;
    })();

    mini_gem5.IntegerList = (function() {

        /**
         * Properties of an IntegerList.
         * @typedef {Object} mini_gem5.IntegerList.$Properties
         * @property {Array.<number|Long>} [value] IntegerList value
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an IntegerList.
         * @memberof mini_gem5
         * @interface IIntegerList
         * @augments mini_gem5.IntegerList.$Properties
         * @deprecated Use mini_gem5.IntegerList.$Properties instead.
         */

        /**
         * Shape of an IntegerList.
         * @typedef {mini_gem5.IntegerList.$Properties} mini_gem5.IntegerList.$Shape
         */

        /**
         * Constructs a new IntegerList.
         * @memberof mini_gem5
         * @classdesc Represents an IntegerList.
         * @constructor
         * @param {mini_gem5.IntegerList.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var IntegerList = function (properties) {
            this.value = [];
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * IntegerList value.
         * @member {Array.<number|Long>} value
         * @memberof mini_gem5.IntegerList
         * @instance
         */
        IntegerList.prototype.value = $util.emptyArray;

        /**
         * Creates a new IntegerList instance using the specified properties.
         * @function create
         * @memberof mini_gem5.IntegerList
         * @static
         * @param {mini_gem5.IntegerList.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.IntegerList} IntegerList instance
         * @type {{
         *   (properties: mini_gem5.IntegerList.$Shape): mini_gem5.IntegerList & mini_gem5.IntegerList.$Shape;
         *   (properties?: mini_gem5.IntegerList.$Properties): mini_gem5.IntegerList;
         * }}
         */
        IntegerList.create = function(properties) {
            return new IntegerList(properties);
        };

        /**
         * Encodes the specified IntegerList message. Does not implicitly {@link mini_gem5.IntegerList.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.IntegerList
         * @static
         * @param {mini_gem5.IntegerList.$Properties} message IntegerList message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        IntegerList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.value != null && message.value.length)
                writer.uint32(/* id 1, wireType 2 =*/10).sint64s(message.value);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an IntegerList message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.IntegerList
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.IntegerList & mini_gem5.IntegerList.$Shape} IntegerList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        IntegerList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.IntegerList();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType === 2) {
                            if (!(message.value && message.value.length))
                                message.value = [];
                            reader.sint64s(message.value);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.value && message.value.length))
                            message.value = [];
                        message.value.push(reader.sint64());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return IntegerList;
    })();

    mini_gem5.RealList = (function() {

        /**
         * Properties of a RealList.
         * @typedef {Object} mini_gem5.RealList.$Properties
         * @property {Array.<number>} [value] RealList value
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a RealList.
         * @memberof mini_gem5
         * @interface IRealList
         * @augments mini_gem5.RealList.$Properties
         * @deprecated Use mini_gem5.RealList.$Properties instead.
         */

        /**
         * Shape of a RealList.
         * @typedef {mini_gem5.RealList.$Properties} mini_gem5.RealList.$Shape
         */

        /**
         * Constructs a new RealList.
         * @memberof mini_gem5
         * @classdesc Represents a RealList.
         * @constructor
         * @param {mini_gem5.RealList.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var RealList = function (properties) {
            this.value = [];
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * RealList value.
         * @member {Array.<number>} value
         * @memberof mini_gem5.RealList
         * @instance
         */
        RealList.prototype.value = $util.emptyArray;

        /**
         * Creates a new RealList instance using the specified properties.
         * @function create
         * @memberof mini_gem5.RealList
         * @static
         * @param {mini_gem5.RealList.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.RealList} RealList instance
         * @type {{
         *   (properties: mini_gem5.RealList.$Shape): mini_gem5.RealList & mini_gem5.RealList.$Shape;
         *   (properties?: mini_gem5.RealList.$Properties): mini_gem5.RealList;
         * }}
         */
        RealList.create = function(properties) {
            return new RealList(properties);
        };

        /**
         * Encodes the specified RealList message. Does not implicitly {@link mini_gem5.RealList.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.RealList
         * @static
         * @param {mini_gem5.RealList.$Properties} message RealList message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        RealList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.value != null && message.value.length)
                writer.uint32(/* id 1, wireType 2 =*/10).doubles(message.value);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a RealList message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.RealList
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.RealList & mini_gem5.RealList.$Shape} RealList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        RealList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.RealList();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType === 2) {
                            if (!(message.value && message.value.length))
                                message.value = [];
                            reader.doubles(message.value);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.value && message.value.length))
                            message.value = [];
                        message.value.push(reader.double());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return RealList;
    })();

    mini_gem5.WordList = (function() {

        /**
         * Properties of a WordList.
         * @typedef {Object} mini_gem5.WordList.$Properties
         * @property {Array.<number|Long>} [value] WordList value
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a WordList.
         * @memberof mini_gem5
         * @interface IWordList
         * @augments mini_gem5.WordList.$Properties
         * @deprecated Use mini_gem5.WordList.$Properties instead.
         */

        /**
         * Shape of a WordList.
         * @typedef {mini_gem5.WordList.$Properties} mini_gem5.WordList.$Shape
         */

        /**
         * Constructs a new WordList.
         * @memberof mini_gem5
         * @classdesc Represents a WordList.
         * @constructor
         * @param {mini_gem5.WordList.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var WordList = function (properties) {
            this.value = [];
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * WordList value.
         * @member {Array.<number|Long>} value
         * @memberof mini_gem5.WordList
         * @instance
         */
        WordList.prototype.value = $util.emptyArray;

        /**
         * Creates a new WordList instance using the specified properties.
         * @function create
         * @memberof mini_gem5.WordList
         * @static
         * @param {mini_gem5.WordList.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.WordList} WordList instance
         * @type {{
         *   (properties: mini_gem5.WordList.$Shape): mini_gem5.WordList & mini_gem5.WordList.$Shape;
         *   (properties?: mini_gem5.WordList.$Properties): mini_gem5.WordList;
         * }}
         */
        WordList.create = function(properties) {
            return new WordList(properties);
        };

        /**
         * Encodes the specified WordList message. Does not implicitly {@link mini_gem5.WordList.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.WordList
         * @static
         * @param {mini_gem5.WordList.$Properties} message WordList message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        WordList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.value != null && message.value.length)
                writer.uint32(/* id 1, wireType 2 =*/10).fixed64s(message.value);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a WordList message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.WordList
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.WordList & mini_gem5.WordList.$Shape} WordList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        WordList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.WordList();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType === 2) {
                            if (!(message.value && message.value.length))
                                message.value = [];
                            reader.fixed64s(message.value);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.value && message.value.length))
                            message.value = [];
                        message.value.push(reader.fixed64());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return WordList;
    })();

    mini_gem5.TextList = (function() {

        /**
         * Properties of a TextList.
         * @typedef {Object} mini_gem5.TextList.$Properties
         * @property {Array.<string>} [value] TextList value
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a TextList.
         * @memberof mini_gem5
         * @interface ITextList
         * @augments mini_gem5.TextList.$Properties
         * @deprecated Use mini_gem5.TextList.$Properties instead.
         */

        /**
         * Shape of a TextList.
         * @typedef {mini_gem5.TextList.$Properties} mini_gem5.TextList.$Shape
         */

        /**
         * Constructs a new TextList.
         * @memberof mini_gem5
         * @classdesc Represents a TextList.
         * @constructor
         * @param {mini_gem5.TextList.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var TextList = function (properties) {
            this.value = [];
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * TextList value.
         * @member {Array.<string>} value
         * @memberof mini_gem5.TextList
         * @instance
         */
        TextList.prototype.value = $util.emptyArray;

        /**
         * Creates a new TextList instance using the specified properties.
         * @function create
         * @memberof mini_gem5.TextList
         * @static
         * @param {mini_gem5.TextList.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.TextList} TextList instance
         * @type {{
         *   (properties: mini_gem5.TextList.$Shape): mini_gem5.TextList & mini_gem5.TextList.$Shape;
         *   (properties?: mini_gem5.TextList.$Properties): mini_gem5.TextList;
         * }}
         */
        TextList.create = function(properties) {
            return new TextList(properties);
        };

        /**
         * Encodes the specified TextList message. Does not implicitly {@link mini_gem5.TextList.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.TextList
         * @static
         * @param {mini_gem5.TextList.$Properties} message TextList message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        TextList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.value != null && message.value.length)
                for (var i = 0; i < message.value.length; ++i)
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.value[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a TextList message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.TextList
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.TextList & mini_gem5.TextList.$Shape} TextList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        TextList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.TextList();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.value && message.value.length))
                            message.value = [];
                        message.value.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return TextList;
    })();

    mini_gem5.ImageReference = (function() {

        /**
         * Properties of an ImageReference.
         * @typedef {Object} mini_gem5.ImageReference.$Properties
         * @property {string} [file] ImageReference file
         * @property {number|Long} [size] ImageReference size
         * @property {number|Long} [digest] ImageReference digest
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an ImageReference.
         * @memberof mini_gem5
         * @interface IImageReference
         * @augments mini_gem5.ImageReference.$Properties
         * @deprecated Use mini_gem5.ImageReference.$Properties instead.
         */

        /**
         * Shape of an ImageReference.
         * @typedef {mini_gem5.ImageReference.$Properties} mini_gem5.ImageReference.$Shape
         */

        /**
         * Constructs a new ImageReference.
         * @memberof mini_gem5
         * @classdesc Represents an ImageReference.
         * @constructor
         * @param {mini_gem5.ImageReference.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var ImageReference = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ImageReference file.
         * @member {string} file
         * @memberof mini_gem5.ImageReference
         * @instance
         */
        ImageReference.prototype.file = "";

        /**
         * ImageReference size.
         * @member {number|Long} size
         * @memberof mini_gem5.ImageReference
         * @instance
         */
        ImageReference.prototype.size = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * ImageReference digest.
         * @member {number|Long} digest
         * @memberof mini_gem5.ImageReference
         * @instance
         */
        ImageReference.prototype.digest = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new ImageReference instance using the specified properties.
         * @function create
         * @memberof mini_gem5.ImageReference
         * @static
         * @param {mini_gem5.ImageReference.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.ImageReference} ImageReference instance
         * @type {{
         *   (properties: mini_gem5.ImageReference.$Shape): mini_gem5.ImageReference & mini_gem5.ImageReference.$Shape;
         *   (properties?: mini_gem5.ImageReference.$Properties): mini_gem5.ImageReference;
         * }}
         */
        ImageReference.create = function(properties) {
            return new ImageReference(properties);
        };

        /**
         * Encodes the specified ImageReference message. Does not implicitly {@link mini_gem5.ImageReference.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.ImageReference
         * @static
         * @param {mini_gem5.ImageReference.$Properties} message ImageReference message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ImageReference.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.file != null && $Object.hasOwnProperty.call(message, "file") && message.file !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.file);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.size);
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && (typeof message.digest === "object" ? message.digest.low || message.digest.high : message.digest !== 0))
                writer.uint32(/* id 3, wireType 1 =*/25).fixed64(message.digest);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an ImageReference message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.ImageReference
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.ImageReference & mini_gem5.ImageReference.$Shape} ImageReference
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ImageReference.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.ImageReference();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.file = value;
                        else
                            delete message.file;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ImageReference;
    })();

    mini_gem5.CheckpointEnd = (function() {

        /**
         * Properties of a CheckpointEnd.
         * @typedef {Object} mini_gem5.CheckpointEnd.$Properties
         * @property {number|Long} [recordCount] CheckpointEnd recordCount
         * @property {number|Long} [digest] CheckpointEnd digest
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CheckpointEnd.
         * @memberof mini_gem5
         * @interface ICheckpointEnd
         * @augments mini_gem5.CheckpointEnd.$Properties
         * @deprecated Use mini_gem5.CheckpointEnd.$Properties instead.
         */

        /**
         * Shape of a CheckpointEnd.
         * @typedef {mini_gem5.CheckpointEnd.$Properties} mini_gem5.CheckpointEnd.$Shape
         */

        /**
         * Constructs a new CheckpointEnd.
         * @memberof mini_gem5
         * @classdesc Represents a CheckpointEnd.
         * @constructor
         * @param {mini_gem5.CheckpointEnd.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var CheckpointEnd = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CheckpointEnd recordCount.
         * @member {number|Long} recordCount
         * @memberof mini_gem5.CheckpointEnd
         * @instance
         */
        CheckpointEnd.prototype.recordCount = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * CheckpointEnd digest.
         * @member {number|Long} digest
         * @memberof mini_gem5.CheckpointEnd
         * @instance
         */
        CheckpointEnd.prototype.digest = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new CheckpointEnd instance using the specified properties.
         * @function create
         * @memberof mini_gem5.CheckpointEnd
         * @static
         * @param {mini_gem5.CheckpointEnd.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.CheckpointEnd} CheckpointEnd instance
         * @type {{
         *   (properties: mini_gem5.CheckpointEnd.$Shape): mini_gem5.CheckpointEnd & mini_gem5.CheckpointEnd.$Shape;
         *   (properties?: mini_gem5.CheckpointEnd.$Properties): mini_gem5.CheckpointEnd;
         * }}
         */
        CheckpointEnd.create = function(properties) {
            return new CheckpointEnd(properties);
        };

        /**
         * Encodes the specified CheckpointEnd message. Does not implicitly {@link mini_gem5.CheckpointEnd.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.CheckpointEnd
         * @static
         * @param {mini_gem5.CheckpointEnd.$Properties} message CheckpointEnd message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CheckpointEnd.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.recordCount != null && $Object.hasOwnProperty.call(message, "recordCount") && (typeof message.recordCount === "object" ? message.recordCount.low || message.recordCount.high : message.recordCount !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.recordCount);
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && (typeof message.digest === "object" ? message.digest.low || message.digest.high : message.digest !== 0))
                writer.uint32(/* id 2, wireType 1 =*/17).fixed64(message.digest);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CheckpointEnd message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.CheckpointEnd
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.CheckpointEnd & mini_gem5.CheckpointEnd.$Shape} CheckpointEnd
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CheckpointEnd.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.CheckpointEnd();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.recordCount = value;
                        else
                            delete message.recordCount;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return CheckpointEnd;
    })();

    mini_gem5.MemoryImage = (function() {

        /**
         * Properties of a MemoryImage.
         * @typedef {Object} mini_gem5.MemoryImage.$Properties
         * @property {Array.<mini_gem5.ImageRecord.$Properties>} [record] MemoryImage record
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a MemoryImage.
         * @memberof mini_gem5
         * @interface IMemoryImage
         * @augments mini_gem5.MemoryImage.$Properties
         * @deprecated Use mini_gem5.MemoryImage.$Properties instead.
         */

        /**
         * Shape of a MemoryImage.
         * @typedef {{
         *   record?: Array.<mini_gem5.ImageRecord.$Shape>;
         *   $unknowns?: Array.<Uint8Array>;
         * }} mini_gem5.MemoryImage.$Shape
         */

        /**
         * Constructs a new MemoryImage.
         * @memberof mini_gem5
         * @classdesc Represents a MemoryImage.
         * @constructor
         * @param {mini_gem5.MemoryImage.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var MemoryImage = function (properties) {
            this.record = [];
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * MemoryImage record.
         * @member {Array.<mini_gem5.ImageRecord>} record
         * @memberof mini_gem5.MemoryImage
         * @instance
         */
        MemoryImage.prototype.record = $util.emptyArray;

        /**
         * Creates a new MemoryImage instance using the specified properties.
         * @function create
         * @memberof mini_gem5.MemoryImage
         * @static
         * @param {mini_gem5.MemoryImage.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.MemoryImage} MemoryImage instance
         * @type {{
         *   (properties: mini_gem5.MemoryImage.$Shape): mini_gem5.MemoryImage & mini_gem5.MemoryImage.$Shape;
         *   (properties?: mini_gem5.MemoryImage.$Properties): mini_gem5.MemoryImage;
         * }}
         */
        MemoryImage.create = function(properties) {
            return new MemoryImage(properties);
        };

        /**
         * Encodes the specified MemoryImage message. Does not implicitly {@link mini_gem5.MemoryImage.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.MemoryImage
         * @static
         * @param {mini_gem5.MemoryImage.$Properties} message MemoryImage message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        MemoryImage.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.record != null && message.record.length)
                for (var i = 0; i < message.record.length; ++i)
                    $root.mini_gem5.ImageRecord.encode(message.record[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a MemoryImage message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.MemoryImage
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.MemoryImage & mini_gem5.MemoryImage.$Shape} MemoryImage
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        MemoryImage.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.MemoryImage();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.record && message.record.length))
                            message.record = [];
                        message.record.push($root.mini_gem5.ImageRecord.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return MemoryImage;
    })();

    mini_gem5.ImageRecord = (function() {

        /**
         * Properties of an ImageRecord.
         * @typedef {Object} mini_gem5.ImageRecord.$Properties
         * @property {number|Long} [checksum] ImageRecord checksum
         * @property {mini_gem5.ImageHeader.$Properties|null} [header] ImageRecord header
         * @property {mini_gem5.PageBatch.$Properties|null} [pages] ImageRecord pages
         * @property {mini_gem5.ImageEnd.$Properties|null} [end] ImageRecord end
         * @property {"header"|"pages"|"end"} [body] ImageRecord body
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an ImageRecord.
         * @memberof mini_gem5
         * @interface IImageRecord
         * @augments mini_gem5.ImageRecord.$Properties
         * @deprecated Use mini_gem5.ImageRecord.$Properties instead.
         */

        /**
         * Narrowed shape of an ImageRecord.
         * @typedef {{
         *   checksum?: number|Long;
         *   header?: mini_gem5.ImageHeader.$Shape|null;
         *   pages?: mini_gem5.PageBatch.$Shape|null;
         *   end?: mini_gem5.ImageEnd.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ body?: undefined; header?: null; pages?: null; end?: null }|{ body?: "header"; header: mini_gem5.ImageHeader.$Shape; pages?: null; end?: null }|{ body?: "pages"; header?: null; pages: mini_gem5.PageBatch.$Shape; end?: null }|{ body?: "end"; header?: null; pages?: null; end: mini_gem5.ImageEnd.$Shape })
         * )} mini_gem5.ImageRecord.$Shape
         */

        /**
         * Constructs a new ImageRecord.
         * @memberof mini_gem5
         * @classdesc Represents an ImageRecord.
         * @constructor
         * @param {mini_gem5.ImageRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var ImageRecord = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ImageRecord checksum.
         * @member {number|Long} checksum
         * @memberof mini_gem5.ImageRecord
         * @instance
         */
        ImageRecord.prototype.checksum = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * ImageRecord header.
         * @member {mini_gem5.ImageHeader|null} header
         * @memberof mini_gem5.ImageRecord
         * @instance
         */
        ImageRecord.prototype.header = null;

        /**
         * ImageRecord pages.
         * @member {mini_gem5.PageBatch|null} pages
         * @memberof mini_gem5.ImageRecord
         * @instance
         */
        ImageRecord.prototype.pages = null;

        /**
         * ImageRecord end.
         * @member {mini_gem5.ImageEnd|null} end
         * @memberof mini_gem5.ImageRecord
         * @instance
         */
        ImageRecord.prototype.end = null;

        // OneOf field names bound to virtual getters and setters
        var $oneOfFields;

        /**
         * ImageRecord body.
         * @member {"header"|"pages"|"end"|undefined} body
         * @memberof mini_gem5.ImageRecord
         * @instance
         */
        $Object.defineProperty(ImageRecord.prototype, "body", {
            get: $util.oneOfGetter($oneOfFields = ["header", "pages", "end"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new ImageRecord instance using the specified properties.
         * @function create
         * @memberof mini_gem5.ImageRecord
         * @static
         * @param {mini_gem5.ImageRecord.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.ImageRecord} ImageRecord instance
         * @type {{
         *   (properties: mini_gem5.ImageRecord.$Shape): mini_gem5.ImageRecord & mini_gem5.ImageRecord.$Shape;
         *   (properties?: mini_gem5.ImageRecord.$Properties): mini_gem5.ImageRecord;
         * }}
         */
        ImageRecord.create = function(properties) {
            return new ImageRecord(properties);
        };

        /**
         * Encodes the specified ImageRecord message. Does not implicitly {@link mini_gem5.ImageRecord.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.ImageRecord
         * @static
         * @param {mini_gem5.ImageRecord.$Properties} message ImageRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ImageRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.checksum != null && $Object.hasOwnProperty.call(message, "checksum") && (typeof message.checksum === "object" ? message.checksum.low || message.checksum.high : message.checksum !== 0))
                writer.uint32(/* id 1, wireType 1 =*/9).fixed64(message.checksum);
            if (message.header != null && $Object.hasOwnProperty.call(message, "header"))
                $root.mini_gem5.ImageHeader.encode(message.header, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.pages != null && $Object.hasOwnProperty.call(message, "pages"))
                $root.mini_gem5.PageBatch.encode(message.pages, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.end != null && $Object.hasOwnProperty.call(message, "end"))
                $root.mini_gem5.ImageEnd.encode(message.end, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an ImageRecord message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.ImageRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.ImageRecord & mini_gem5.ImageRecord.$Shape} ImageRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ImageRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.ImageRecord();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.checksum = value;
                        else
                            delete message.checksum;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.header = $root.mini_gem5.ImageHeader.decode(reader, reader.size(), $undefined, _depth + 1, message.header);
                        message.body = "header";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.pages = $root.mini_gem5.PageBatch.decode(reader, reader.size(), $undefined, _depth + 1, message.pages);
                        message.body = "pages";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.end = $root.mini_gem5.ImageEnd.decode(reader, reader.size(), $undefined, _depth + 1, message.end);
                        message.body = "end";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ImageRecord;
    })();

    mini_gem5.ImageHeader = (function() {

        /**
         * Properties of an ImageHeader.
         * @typedef {Object} mini_gem5.ImageHeader.$Properties
         * @property {number} [formatVersion] ImageHeader formatVersion
         * @property {number|Long} [size] ImageHeader size
         * @property {number} [pageSize] ImageHeader pageSize
         * @property {boolean} [incremental] ImageHeader incremental
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an ImageHeader.
         * @memberof mini_gem5
         * @interface IImageHeader
         * @augments mini_gem5.ImageHeader.$Properties
         * @deprecated Use mini_gem5.ImageHeader.$Properties instead.
         */

        /**
         * Shape of an ImageHeader.
         * @typedef {mini_gem5.ImageHeader.$Properties} mini_gem5.ImageHeader.$Shape
         */

        /**
         * Constructs a new ImageHeader.
         * @memberof mini_gem5
         * @classdesc Represents an ImageHeader.
         * @constructor
         * @param {mini_gem5.ImageHeader.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var ImageHeader = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ImageHeader formatVersion.
         * @member {number} formatVersion
         * @memberof mini_gem5.ImageHeader
         * @instance
         */
        ImageHeader.prototype.formatVersion = 0;

        /**
         * ImageHeader size.
         * @member {number|Long} size
         * @memberof mini_gem5.ImageHeader
         * @instance
         */
        ImageHeader.prototype.size = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * ImageHeader pageSize.
         * @member {number} pageSize
         * @memberof mini_gem5.ImageHeader
         * @instance
         */
        ImageHeader.prototype.pageSize = 0;

        /**
         * ImageHeader incremental.
         * @member {boolean} incremental
         * @memberof mini_gem5.ImageHeader
         * @instance
         */
        ImageHeader.prototype.incremental = false;

        /**
         * Creates a new ImageHeader instance using the specified properties.
         * @function create
         * @memberof mini_gem5.ImageHeader
         * @static
         * @param {mini_gem5.ImageHeader.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.ImageHeader} ImageHeader instance
         * @type {{
         *   (properties: mini_gem5.ImageHeader.$Shape): mini_gem5.ImageHeader & mini_gem5.ImageHeader.$Shape;
         *   (properties?: mini_gem5.ImageHeader.$Properties): mini_gem5.ImageHeader;
         * }}
         */
        ImageHeader.create = function(properties) {
            return new ImageHeader(properties);
        };

        /**
         * Encodes the specified ImageHeader message. Does not implicitly {@link mini_gem5.ImageHeader.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.ImageHeader
         * @static
         * @param {mini_gem5.ImageHeader.$Properties} message ImageHeader message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ImageHeader.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.formatVersion != null && $Object.hasOwnProperty.call(message, "formatVersion") && message.formatVersion !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.formatVersion);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.size);
            if (message.pageSize != null && $Object.hasOwnProperty.call(message, "pageSize") && message.pageSize !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.pageSize);
            if (message.incremental != null && $Object.hasOwnProperty.call(message, "incremental") && message.incremental !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.incremental);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an ImageHeader message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.ImageHeader
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.ImageHeader & mini_gem5.ImageHeader.$Shape} ImageHeader
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ImageHeader.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.ImageHeader();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.formatVersion = value;
                        else
                            delete message.formatVersion;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.pageSize = value;
                        else
                            delete message.pageSize;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.incremental = value;
                        else
                            delete message.incremental;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ImageHeader;
    })();

    mini_gem5.PageBatch = (function() {

        /**
         * Properties of a PageBatch.
         * @typedef {Object} mini_gem5.PageBatch.$Properties
         * @property {Array.<mini_gem5.PageRange.$Properties>} [range] PageBatch range
         * @property {Array.<mini_gem5.PageRange.$Properties>} [zero] PageBatch zero
         * @property {number|Long} [dataChecksum] PageBatch dataChecksum
         * @property {Uint8Array} [padding] PageBatch padding
         * @property {Uint8Array} [data] PageBatch data
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a PageBatch.
         * @memberof mini_gem5
         * @interface IPageBatch
         * @augments mini_gem5.PageBatch.$Properties
         * @deprecated Use mini_gem5.PageBatch.$Properties instead.
         */

        /**
         * Shape of a PageBatch.
         * @typedef {mini_gem5.PageBatch.$Properties} mini_gem5.PageBatch.$Shape
         */

        /**
         * Constructs a new PageBatch.
         * @memberof mini_gem5
         * @classdesc Represents a PageBatch.
         * @constructor
         * @param {mini_gem5.PageBatch.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var PageBatch = function (properties) {
            this.range = [];
            this.zero = [];
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * PageBatch range.
         * @member {Array.<mini_gem5.PageRange>} range
         * @memberof mini_gem5.PageBatch
         * @instance
         */
        PageBatch.prototype.range = $util.emptyArray;

        /**
         * PageBatch zero.
         * @member {Array.<mini_gem5.PageRange>} zero
         * @memberof mini_gem5.PageBatch
         * @instance
         */
        PageBatch.prototype.zero = $util.emptyArray;

        /**
         * PageBatch dataChecksum.
         * @member {number|Long} dataChecksum
         * @memberof mini_gem5.PageBatch
         * @instance
         */
        PageBatch.prototype.dataChecksum = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * PageBatch padding.
         * @member {Uint8Array} padding
         * @memberof mini_gem5.PageBatch
         * @instance
         */
        PageBatch.prototype.padding = $util.newBuffer([]);

        /**
         * PageBatch data.
         * @member {Uint8Array} data
         * @memberof mini_gem5.PageBatch
         * @instance
         */
        PageBatch.prototype.data = $util.newBuffer([]);

        /**
         * Creates a new PageBatch instance using the specified properties.
         * @function create
         * @memberof mini_gem5.PageBatch
         * @static
         * @param {mini_gem5.PageBatch.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.PageBatch} PageBatch instance
         * @type {{
         *   (properties: mini_gem5.PageBatch.$Shape): mini_gem5.PageBatch & mini_gem5.PageBatch.$Shape;
         *   (properties?: mini_gem5.PageBatch.$Properties): mini_gem5.PageBatch;
         * }}
         */
        PageBatch.create = function(properties) {
            return new PageBatch(properties);
        };

        /**
         * Encodes the specified PageBatch message. Does not implicitly {@link mini_gem5.PageBatch.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.PageBatch
         * @static
         * @param {mini_gem5.PageBatch.$Properties} message PageBatch message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        PageBatch.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.range != null && message.range.length)
                for (var i = 0; i < message.range.length; ++i)
                    $root.mini_gem5.PageRange.encode(message.range[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.zero != null && message.zero.length)
                for (var i = 0; i < message.zero.length; ++i)
                    $root.mini_gem5.PageRange.encode(message.zero[i], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.dataChecksum != null && $Object.hasOwnProperty.call(message, "dataChecksum") && (typeof message.dataChecksum === "object" ? message.dataChecksum.low || message.dataChecksum.high : message.dataChecksum !== 0))
                writer.uint32(/* id 3, wireType 1 =*/25).fixed64(message.dataChecksum);
            if (message.padding != null && $Object.hasOwnProperty.call(message, "padding") && message.padding.length)
                writer.uint32(/* id 14, wireType 2 =*/114).bytes(message.padding);
            if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                writer.uint32(/* id 15, wireType 2 =*/122).bytes(message.data);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a PageBatch message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.PageBatch
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.PageBatch & mini_gem5.PageBatch.$Shape} PageBatch
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        PageBatch.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.PageBatch();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.range && message.range.length))
                            message.range = [];
                        message.range.push($root.mini_gem5.PageRange.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.zero && message.zero.length))
                            message.zero = [];
                        message.zero.push($root.mini_gem5.PageRange.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.dataChecksum = value;
                        else
                            delete message.dataChecksum;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.padding = value;
                        else
                            delete message.padding;
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.data = value;
                        else
                            delete message.data;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PageBatch;
    })();

    mini_gem5.PageRange = (function() {

        /**
         * Properties of a PageRange.
         * @typedef {Object} mini_gem5.PageRange.$Properties
         * @property {number|Long} [first] PageRange first
         * @property {number|Long} [count] PageRange count
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a PageRange.
         * @memberof mini_gem5
         * @interface IPageRange
         * @augments mini_gem5.PageRange.$Properties
         * @deprecated Use mini_gem5.PageRange.$Properties instead.
         */

        /**
         * Shape of a PageRange.
         * @typedef {mini_gem5.PageRange.$Properties} mini_gem5.PageRange.$Shape
         */

        /**
         * Constructs a new PageRange.
         * @memberof mini_gem5
         * @classdesc Represents a PageRange.
         * @constructor
         * @param {mini_gem5.PageRange.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var PageRange = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * PageRange first.
         * @member {number|Long} first
         * @memberof mini_gem5.PageRange
         * @instance
         */
        PageRange.prototype.first = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * PageRange count.
         * @member {number|Long} count
         * @memberof mini_gem5.PageRange
         * @instance
         */
        PageRange.prototype.count = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new PageRange instance using the specified properties.
         * @function create
         * @memberof mini_gem5.PageRange
         * @static
         * @param {mini_gem5.PageRange.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.PageRange} PageRange instance
         * @type {{
         *   (properties: mini_gem5.PageRange.$Shape): mini_gem5.PageRange & mini_gem5.PageRange.$Shape;
         *   (properties?: mini_gem5.PageRange.$Properties): mini_gem5.PageRange;
         * }}
         */
        PageRange.create = function(properties) {
            return new PageRange(properties);
        };

        /**
         * Encodes the specified PageRange message. Does not implicitly {@link mini_gem5.PageRange.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.PageRange
         * @static
         * @param {mini_gem5.PageRange.$Properties} message PageRange message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        PageRange.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.first != null && $Object.hasOwnProperty.call(message, "first") && (typeof message.first === "object" ? message.first.low || message.first.high : message.first !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.first);
            if (message.count != null && $Object.hasOwnProperty.call(message, "count") && (typeof message.count === "object" ? message.count.low || message.count.high : message.count !== 0))
                writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.count);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a PageRange message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.PageRange
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.PageRange & mini_gem5.PageRange.$Shape} PageRange
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        PageRange.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.PageRange();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.first = value;
                        else
                            delete message.first;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.count = value;
                        else
                            delete message.count;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return PageRange;
    })();

    mini_gem5.ImageEnd = (function() {

        /**
         * Properties of an ImageEnd.
         * @typedef {Object} mini_gem5.ImageEnd.$Properties
         * @property {number|Long} [recordCount] ImageEnd recordCount
         * @property {number|Long} [digest] ImageEnd digest
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an ImageEnd.
         * @memberof mini_gem5
         * @interface IImageEnd
         * @augments mini_gem5.ImageEnd.$Properties
         * @deprecated Use mini_gem5.ImageEnd.$Properties instead.
         */

        /**
         * Shape of an ImageEnd.
         * @typedef {mini_gem5.ImageEnd.$Properties} mini_gem5.ImageEnd.$Shape
         */

        /**
         * Constructs a new ImageEnd.
         * @memberof mini_gem5
         * @classdesc Represents an ImageEnd.
         * @constructor
         * @param {mini_gem5.ImageEnd.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        var ImageEnd = function (properties) {
            if (properties)
                for (var keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * ImageEnd recordCount.
         * @member {number|Long} recordCount
         * @memberof mini_gem5.ImageEnd
         * @instance
         */
        ImageEnd.prototype.recordCount = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * ImageEnd digest.
         * @member {number|Long} digest
         * @memberof mini_gem5.ImageEnd
         * @instance
         */
        ImageEnd.prototype.digest = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        /**
         * Creates a new ImageEnd instance using the specified properties.
         * @function create
         * @memberof mini_gem5.ImageEnd
         * @static
         * @param {mini_gem5.ImageEnd.$Properties=} [properties] Properties to set
         * @returns {mini_gem5.ImageEnd} ImageEnd instance
         * @type {{
         *   (properties: mini_gem5.ImageEnd.$Shape): mini_gem5.ImageEnd & mini_gem5.ImageEnd.$Shape;
         *   (properties?: mini_gem5.ImageEnd.$Properties): mini_gem5.ImageEnd;
         * }}
         */
        ImageEnd.create = function(properties) {
            return new ImageEnd(properties);
        };

        /**
         * Encodes the specified ImageEnd message. Does not implicitly {@link mini_gem5.ImageEnd.verify|verify} messages.
         * @function encode
         * @memberof mini_gem5.ImageEnd
         * @static
         * @param {mini_gem5.ImageEnd.$Properties} message ImageEnd message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        ImageEnd.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.recordCount != null && $Object.hasOwnProperty.call(message, "recordCount") && (typeof message.recordCount === "object" ? message.recordCount.low || message.recordCount.high : message.recordCount !== 0))
                writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.recordCount);
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && (typeof message.digest === "object" ? message.digest.low || message.digest.high : message.digest !== 0))
                writer.uint32(/* id 2, wireType 1 =*/17).fixed64(message.digest);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (var i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an ImageEnd message from the specified reader or buffer.
         * @function decode
         * @memberof mini_gem5.ImageEnd
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {mini_gem5.ImageEnd & mini_gem5.ImageEnd.$Shape} ImageEnd
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        ImageEnd.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            var end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.mini_gem5.ImageEnd();
            while (reader.pos < end) {
                var start = reader.pos;
                var tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                var wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.recordCount = value;
                        else
                            delete message.recordCount;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (typeof (value = reader.fixed64()) === "object" ? value.low || value.high : value !== 0)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        return ImageEnd;
    })();

    return mini_gem5;
})();

module.exports = $root;
