// What draws circles and pictures with the graphics card: one small program, and arrays that stay there until they change.
import { link, PARTS } from "./shaders.js";

const CORNERS = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);

/** Make a brush for a WebGL 2 context; it leaves the context's other state to MapLibre. */
export function createBrush(gl) {
  const program = link(gl);
  const corners = buffer(gl, CORNERS);
  const parallel = gl.getExtension("KHR_parallel_shader_compile");
  return {
    /** Say whether it can draw without waiting for the compiler. */
    ready: () => !parallel || gl.getProgramParameter(program, parallel.COMPLETION_STATUS_KHR),

    /** Keep points: places (x, y), and a colour of fill and of line for each, four bytes each. */
    keep(places, colours) {
      const kept = { count: places.length / 2, array: gl.createVertexArray(), buffers: [buffer(gl, places), buffer(gl, colours)], grid: [0, 0] };
      gl.bindVertexArray(kept.array);
      part(gl, "corner", corners, [2, gl.FLOAT, 0, 0], 0);
      part(gl, "place", kept.buffers[0], [2, gl.FLOAT, 0, 0], 1);
      part(gl, "fill", kept.buffers[1], [4, gl.UNSIGNED_BYTE, 8, 0], 1);
      part(gl, "line", kept.buffers[1], [4, gl.UNSIGNED_BYTE, 8, 4], 1);
      gl.bindVertexArray(null);
      return kept;
    },

    /** Give kept points a picture each: the number of its cell in an atlas. */
    illustrate(kept, { canvas, grid, cells }) {
      kept.grid = grid;
      kept.texture = texture(gl, canvas);
      kept.buffers.push(buffer(gl, cells));
      gl.bindVertexArray(kept.array);
      part(gl, "cell", kept.buffers.at(-1), [1, gl.FLOAT, 0, 0], 1);
      gl.bindVertexArray(null);
    },

    /** Draw kept points as circles of a radius and a line around it, or as pictures of half a width [px]. */
    draw(kept, { matrix, size, ratio }, { radius = 0, width = 0, half = 0 }) {
      gl.useProgram(program);
      for (let column = 0; column < 4; column += 1) gl.vertexAttrib4fv(PARTS.matrix + column, matrix.subarray(4 * column, 4 * column + 4));
      gl.vertexAttrib4f(PARTS.scale, 2 / size[0], 2 / size[1], ratio, half || radius + width + 1);
      gl.vertexAttrib4f(PARTS.shape, radius, width, ...(half ? kept.grid : [0, 0]));
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, half ? kept.texture : null);
      gl.bindVertexArray(kept.array);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, kept.count);
      gl.bindVertexArray(null);
    },

    /** Forget kept points. */
    drop(kept) {
      gl.deleteVertexArray(kept.array);
      for (const one of kept.buffers) gl.deleteBuffer(one);
      if (kept.texture) gl.deleteTexture(kept.texture);
    },
  };
}

function buffer(gl, numbers) {
  const made = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, made);
  gl.bufferData(gl.ARRAY_BUFFER, numbers, gl.STATIC_DRAW);
  return made;
}

function part(gl, name, from, [size, type, stride, offset], divisor) {
  gl.bindBuffer(gl.ARRAY_BUFFER, from);
  gl.enableVertexAttribArray(PARTS[name]);
  gl.vertexAttribPointer(PARTS[name], size, type, type === gl.UNSIGNED_BYTE, stride, offset);
  gl.vertexAttribDivisor(PARTS[name], divisor);
}

function texture(gl, canvas) {
  const made = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
  for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]]) {
    gl.texParameteri(gl.TEXTURE_2D, name, value);
  }
  return made;
}
